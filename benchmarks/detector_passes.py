"""Would a second look at each person help? BlazePose on the real recording, in other regions, mirrored, and averaged.

    VVIPE_DATA=... python benchmarks/detector_passes.py      (needs pose2sim-single; some minutes)

People are followed as `vvipe lift` does it. At every fourth of the 100 frames the landmark network looks again, at
other regions. Columns: PA-MPJPE of the person lifted without the fit, median over the frames, mm, of each camera, and
the mean of cameras 1, 2 and 4; the keypoints' distance from OpenPose's, mean, % of the torso. Rows "OpenPose's ..."
take some joints from OpenPose: what the others cost. It is one person for 100 frames: every run is logged in
results/test_runs.jsonl.
"""

import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

import vvipe_explore as vv
from vvipe_explore.cli.evaluate import log_test_run
from vvipe_explore.datasets import pose2sim
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.evaluation.recordings import frame_errors
from vvipe_explore.lift.detectors import landmarks
from vvipe_explore.lift.detectors.blazepose import BlazePose
from vvipe_explore.lift.detectors.region import Region
from vvipe_explore.lift.detectors.search import SKELETON
from vvipe_explore.lift.detectors.sides import Steps, exchanged
from vvipe_explore.lift.sequence import lift_sequence
from vvipe_explore.lift.video import Frames
from vvipe_explore.skeleton import PAPER_13, convert

VIDEOS = Path(os.environ.get("VVIPE_DATA", "")) / "pose2sim-single/S00_P00_T01_BalancingTrial/videos"
STEP = 4
LEAST = 0.3
"""OpenPose's confidence from which its keypoints are compared with."""
SIZES = {f"side x {factor}": factor for factor in (0.8, 0.9, 1.1, 1.25)}
SHIFTS = {"left 4 %": (-0.04, 0), "right 4 %": (0.04, 0), "up 4 %": (0, -0.04), "down 4 %": (0, 0.04)}
TURNS = {"turned 10 degrees": 10, "turned -10 degrees": -10}
ONE, MIRRORED, OWN = "one look", "mirrored", "this frame's region"
AVERAGES = {
    "mean with the mirrored": (np.mean, (ONE, MIRRORED)),
    "mean with this frame's region": (np.mean, (ONE, OWN)),
    "mean with side x 0.8": (np.mean, (ONE, "side x 0.8")),
    "median of sides x 0.8, 1, 1.25": (np.median, (ONE, "side x 0.8", "side x 1.25")),
    "median of the shifts": (np.median, tuple(SHIFTS)),
    "median of the turns and one look": (np.median, (ONE, *TURNS)),
    "median of all": (np.median, (ONE, MIRRORED, OWN, *SIZES, *SHIFTS, *TURNS)),
}
LEGS = ("knee", "ankle")
OPENPOSES = {"nose": ("nose",), "knees": ("knee",), "ankles": ("ankle",), "knees and ankles": LEGS, "hips": ("hip",)}


def regions(base: Region, own: Region) -> dict[str, Region]:
    """Give the regions to look at: base is where the person was expected, own where this frame's points say."""
    found = {ONE: base, MIRRORED: base, OWN: own}
    found |= {name: replace(base, side=factor * base.side) for name, factor in SIZES.items()}
    found |= {name: replace(base, angle=base.angle + np.radians(turn)) for name, turn in TURNS.items()}
    for name, shift in SHIFTS.items():
        x, y = base.to_picture(np.array(shift) + 0.5)
        found[name] = replace(base, x=x, y=y)
    return found


class Watched(BlazePose):
    """A BlazePose that remembers where it looked."""

    def __call__(self, picture):
        """Find people, and remember each region and what was seen in it."""
        self.looks = []
        return super().__call__(picture)

    def _look(self, picture, region, large=False):
        seen = super()._look(picture, region, large)
        self.looks.append((region, seen))
        return seen

    def points(self, picture, region, mirrored: bool) -> np.ndarray:
        """Look once more: the 33 points in pixels."""
        cut = region.cut(picture, landmarks.SIDE)
        raw, presence, maps = self._larger((cut[:, ::-1] if mirrored else cut) / np.float32(255))
        places = landmarks.decode(raw, float(presence[0]), maps).places[:33]
        if mirrored:
            places = places[exchanged(SKELETON)] * [-1, 1] + [1, 0]
        return region.to_picture(places)


def look(video: Path) -> dict[str, np.ndarray]:
    """Give the 13 keypoints of each look (frames, 13, 2), with the sides put right over the whole video."""
    detect, steps, found = Watched(), Steps(SKELETON), {}
    for frame, picture in enumerate(Frames(video)):
        people = detect(picture)
        points = people.points[np.flatnonzero(people.number == 1)[0]]
        steps.add(frame, points)
        if frame % STEP == 0:
            base, seen = next(pair for pair in detect.looks if pair[1] and np.array_equal(pair[1].points, points))
            for name, region in regions(base, seen.region).items():
                found.setdefault(name, []).append(detect.points(picture, region, name == MIRRORED))
    wrong = np.isin(STEP * np.arange(len(found[ONE])), steps.wrong())[:, None, None]
    order, first = exchanged(SKELETON), np.array(found[ONE])
    for name, points in found.items():
        points = np.array(points)
        other = points[:, order]
        far = [np.linalg.norm(each - first, axis=-1).mean(1) for each in (points, other)]
        points = np.where((far[1] < far[0])[:, None, None], other, points)  # a look may exchange the sides by itself
        points = np.where(wrong, points[:, order], points)
        found[name] = convert(points, SKELETON, PAPER_13)
    for name, (mean, looks) in AVERAGES.items():
        found[name] = mean([found[each] for each in looks], axis=0)
    return found


def main() -> None:
    """Print the table and log it."""
    warnings.simplefilter("ignore")
    recording, model = pose2sim.load_recording(), vv.load_pretrained("detected")
    true, errors, away = recording.poses[::STEP], {}, {}
    for name in recording.cameras:
        theirs, sure = recording.keypoints[name][::STEP], recording.confidence[name][::STEP]
        found = look(VIDEOS / f"{name}.mp4")
        for what, joints in OPENPOSES.items():
            taken = np.array([any(joint in each for joint in joints) for each in PAPER_13])
            found[f"OpenPose's {what}"] = np.where(taken[:, None], theirs, found[ONE])
        torso = np.linalg.norm(theirs[:, 1:3].mean(1) - theirs[:, 7:9].mean(1), axis=-1)[:, None]
        for row, points in (found | {"OpenPose": theirs}).items():
            confidence = sure if row == "OpenPose" else None
            lifted = lift_sequence(model, points, confidence, fps=60 / STEP, fit=False)
            errors.setdefault(row, []).append(float(np.median(frame_errors(lifted.poses, true))))
            far = np.linalg.norm(points - theirs, axis=-1) / torso
            away.setdefault(row, []).append(100 * float(far[sure >= LEAST].mean()))
    means = {row: float(np.mean([e for e, name in zip(each, recording.cameras, strict=True) if name != "cam03"]))
             for row, each in errors.items()}  # fmt: skip
    rows = [[row, *(f"{e:.1f}" for e in each), f"{means[row]:.1f}", f"{np.mean(away[row]):.1f}"]
            for row, each in errors.items()]  # fmt: skip
    print(markdown_table(["looks", *recording.cameras, "mean of 1, 2, 4", "from OpenPose, %"], rows))
    kept = {row: round(mean, 1) for row, mean in means.items()}
    log_test_run(Path("results/test_runs.jsonl"), {"what": "real recording, looks of BlazePose", "pa_mpjpe_mm": kept})


if __name__ == "__main__":
    main()
