"""How rigid are the bones that UI-PRMD's markers give, and is left left?

    VVIPE_DATA=... python benchmarks/ui_prmd_bones.py      (needs ui-prmd, see data/README.md)

The figures are kept in results/ui_prmd_bones.json. A repetition counts as rigid if each of the 8 limb bones varies in
it by at most 2.5 % (standard deviation over mean): with the regression alone, and with hips, shoulders and knees
fitted as load("ui-prmd") does. Frames in which left is left: the markers' left is the joints' left at shoulders,
pelvis and head. Frames in which the person faces forward: the body's forward, from hips and shoulders, is also the way
from the back of the head to the front, and from heel to toe of a foot.
By person: how far a bone's mean length differs between exercises, for which markers were placed anew.
"""

from pathlib import Path

import numpy as np

from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.alignment import canonicalise
from vvipe_explore.datasets import ui_prmd
from vvipe_explore.datasets.marker_joints import joint_centres
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.skeleton import PAPER_13

KEPT = Path("results/ui_prmd_bones.json")
MOST = 2.5
BONES = [
    (f"{side}_{start}", f"{side}_{end}")
    for start, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
    for side in ("left", "right")
]
NAMES = [f"{side} {bone}" for bone in ("upper arm", "forearm", "thigh", "shank") for side in ("left", "right")]


def lengths(poses):
    """Give the lengths (n, 8) of the limb bones, in the poses' unit."""
    ends = np.array([[PAPER_13.index(joint) for joint in bone] for bone in BONES])
    return np.linalg.norm(poses[:, ends[:, 0]] - poses[:, ends[:, 1]], axis=-1)


def spreads(poses: dict) -> np.ndarray:
    """Give the spread (repetitions, 8) of each bone within each repetition, in % of its mean."""
    found = [lengths(p) for p in poses.values()]
    return 100 * np.array([each.std(0) / each.mean(0) for each in found])


def sides(markers, poses) -> dict[str, np.ndarray]:
    """Say in which frames (n,) markers and joints agree on left, and head and feet on forward."""
    by_name = {name: markers[:, i][:, [1, 2, 0]] for i, name in enumerate(ui_prmd.MARKERS)}
    left, _, forward = np.moveaxis(canonicalise(poses.astype(np.float64)).rotation, 1, 0)

    def along(axis, start, end):
        return ((by_name[end] - by_name[start]) * axis).sum(-1) > 0

    hips = poses[:, PAPER_13.index("left_hip")] - poses[:, PAPER_13.index("right_hip")]
    same = [along(axis, f"R{name}", f"L{name}") for axis in (left, hips) for name in ("SHO", "ASI", "PSI", "FHD")]
    return {
        "left is left": np.all(same, axis=0),
        "the head faces forward": along(forward, "LBHD", "LFHD") & along(forward, "RBHD", "RFHD"),
        "a foot points forward": along(forward, "LHEE", "LTOE") | along(forward, "RHEE", "RTOE"),
    }


def between_exercises(poses: dict) -> dict[str, list[float]]:
    """Give, by person, the standard deviation over exercises of each bone's mean length, in % of its mean."""
    means = {}
    for sequence, each in poses.items():
        exercise, person = sequence.split("_")[:2]
        means.setdefault(person, {}).setdefault(exercise, []).append(lengths(each).mean(0))
    by_exercise = {person: np.array([np.mean(m, 0) for m in each.values()]) for person, each in sorted(means.items())}
    return {person: (100 * m.std(0) / m.mean(0)).round(1).tolist() for person, m in by_exercise.items()}


def main() -> None:
    """Print the figures and keep them."""
    found = ui_prmd.repetitions()
    motion = ui_prmd.motion_of(found)
    whole = {one.sequence: one for one in found if len(one.frame)}
    sequences, starts = np.unique(motion.sequence, return_index=True)
    fitted = dict(zip(sequences.tolist(), np.split(motion.poses, starts[1:]), strict=True))
    alone = {
        name: joint_centres(dict(zip(ui_prmd.MARKERS, np.moveaxis(one.markers, 1, 0), strict=True)))
        for name, one in whole.items()
    }
    rigid = {word: spreads(p) for word, p in (("regression alone", alone), ("fitted", fitted))}
    agree = [sides(whole[name].markers, poses) for name, poses in fitted.items()]
    lost = sum(one.lost for one in found)
    kept = {
        "repetitions": len(whole),
        "repetitions_without_frames": len(found) - len(whole),
        "rigid_percent": {word: round(100 * float((s <= MOST).all(1).mean()), 1) for word, s in rigid.items()},
        "rigid_by_bone_percent": {word: (100 * (s <= MOST).mean(0)).round(1).tolist() for word, s in rigid.items()},
        "frames_dropped_percent": round(100 * lost / (lost + len(motion)), 2),
        "sides_percent": {
            check: round(100 * float(np.concatenate([one[check] for one in agree]).mean()), 2) for check in agree[0]
        },
        "between_exercises_percent": between_exercises(fitted),
        "bones": NAMES,
        **provenance(),
    }
    show(kept)
    write_json(KEPT, kept)


def show(kept: dict) -> None:
    """Print the tables."""
    rows = [
        [word, f"{kept['rigid_percent'][word]:.1f}", *(f"{v:.1f}" for v in kept["rigid_by_bone_percent"][word])]
        for word in kept["rigid_percent"]
    ]
    print(f"repetitions with bones that vary by at most {MOST} %, in % of {kept['repetitions']}\n")
    print(markdown_table(["joints", "all 8", *NAMES], rows))
    print(f"\nframes dropped: {kept['frames_dropped_percent']} %")
    print(f"repetitions that lost all frames: {kept['repetitions_without_frames']}")
    for check, share in kept["sides_percent"].items():
        print(f"frames in which {check}: {share} %")
    print("\nspread of each bone's mean length between exercises, %\n")
    people = [[person, *(f"{v:.1f}" for v in each)] for person, each in kept["between_exercises_percent"].items()]
    print(markdown_table(["person", *NAMES], people))


if __name__ == "__main__":
    main()
