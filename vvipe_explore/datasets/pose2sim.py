"""A recording by calibrated cameras as Pose2Sim keeps it: calibration (.toml), triangulated joints (.trc), detections.

The real recording that the tests use is Pose2Sim's demonstration session (BSD-3-Clause): one person walks over a
beam, four cameras. Two facts about its files: detections are in BODY_25B order, and a .trc file's (X, Y, Z) are the
calibration's world (y, z, x), so +y is up in the .trc.
"""

import json
import math
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import skeleton
from ._checked_file import checked_file, refusing_damage
from ._rotations import from_vector
from .registry import data_folder

MAX_BYTES = 64 * 2**20
_SIDES = {"L": "left_", "R": "right_"}
_TRC_NAMES = {
    "Nose": "nose", "Neck": "neck", "Head": "head_top", **{
        f"{letter}{name}": side + joint
        for letter, side in _SIDES.items()
        for name, joint in {
            "Shoulder": "shoulder", "Elbow": "elbow", "Wrist": "wrist", "Hip": "hip", "Knee": "knee",
            "Ankle": "ankle", "BigToe": "big_toe", "SmallToe": "small_toe", "Heel": "heel",
        }.items()
    },
}  # fmt: skip


@dataclass(frozen=True)
class CalibratedCamera:
    """One camera: world_to_camera (4, 4) in metres, intrinsics (3, 3) in pixels, distortion (4) as OpenCV's."""

    name: str
    size: tuple[float, float]
    world_to_camera: np.ndarray
    intrinsics: np.ndarray
    distortion: np.ndarray


@contextmanager
def _text_of(path, expected: str):
    """Give a checked file's text; an error in the block names the file."""
    path = checked_file(path, expected, MAX_BYTES)
    with refusing_damage(path, expected, "copy or export it again"):
        yield path.read_text(errors="replace")


def read_calibration(path) -> dict[str, CalibratedCamera]:
    """Read a Pose2Sim calibration: {"cam_01": camera, ...}; the world is the calibration's own (z up there).

    Raises FileNotFoundError if there is no file, ValueError naming the file if it is no such calibration.
    """
    found = {}
    with _text_of(path, "a Pose2Sim calibration") as text:
        for name, entry in tomllib.loads(text).items():
            if not isinstance(entry, dict) or "matrix" not in entry:
                continue
            world_to_camera = np.eye(4)
            world_to_camera[:3, :3] = from_vector(entry["rotation"])
            world_to_camera[:3, 3] = entry["translation"]
            width, height = map(float, entry["size"])
            intrinsics = np.array(entry["matrix"], float).reshape(3, 3)
            distortion = np.array(entry["distortions"], float)
            found[name] = CalibratedCamera(name, (width, height), world_to_camera, intrinsics, distortion)
        if not found:
            raise ValueError("it holds no table with matrix, rotation, translation and size")
    return found


TRC_TO_CALIBRATION = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""calibration world = TRC_TO_CALIBRATION @ (X, Y, Z) of the .trc: x = Z, y = X, z = Y."""


def read_trc(path) -> tuple[np.ndarray, tuple[str, ...]]:
    """Read triangulated joints: poses (frames, joints, 3) in metres, +y up, and the joints' names.

    Missing values are NaN. Raises FileNotFoundError if there is no file, ValueError naming the file if it is no .trc
    file or is truncated.
    """
    with _text_of(path, "a .trc file") as text:
        lines = text.splitlines()
        names = [name for name in lines[3].split("\t")[2:] if name.strip()]
        unit = {"m": 1.0, "mm": 0.001, "cm": 0.01}[lines[2].split("\t")[4].strip()]
        rows = [line.rstrip("\n").split("\t")[2 : 2 + 3 * len(names)] for line in lines[5:] if line.strip()]
        values = np.array([[float(cell) if cell.strip() else math.nan for cell in row] for row in rows])
        poses = values.reshape(-1, len(names), 3) * unit
        announced = int(lines[2].split("\t")[2])
        if len(poses) != announced:
            raise ValueError(f"it holds {len(poses)} frames of {announced}")
    return poses, tuple(_TRC_NAMES.get(name.strip(), name.strip()) for name in names)


def read_openpose_frame(path) -> tuple[np.ndarray, np.ndarray]:
    """Read one frame of OpenPose: keypoints (people, 25, 2) in pixels and confidence (people, 25)."""
    with _text_of(path, "an OpenPose file") as text:
        people = json.loads(text)["people"]
        flat = [p["pose_keypoints_2d"] for p in people if len(p["pose_keypoints_2d"]) == 75]
        points = np.array(flat, dtype=np.float64).reshape(-1, 25, 3)
    return points[..., :2], points[..., 2]


@dataclass(frozen=True)
class Recording:
    """One trial: triangulated poses (n, 13, 3), metres, +y up; a camera's keypoints (n, 13, 2), confidence (n, 13)."""

    poses: np.ndarray
    cameras: dict[str, CalibratedCamera]
    keypoints: dict[str, np.ndarray]
    confidence: dict[str, np.ndarray]


def project(poses: np.ndarray, camera: CalibratedCamera) -> np.ndarray:
    """Project poses (n, joints, 3) in the .trc's world to a calibrated camera's pixels (n, joints, 2)."""
    from ..cameras import project as pinhole

    world = poses @ TRC_TO_CALIBRATION.T
    return pinhole(world, camera.world_to_camera, camera.intrinsics, camera.distortion)


def load_recording(trial: str = "S00_P00_T01_BalancingTrial", root=None) -> Recording:
    """Read a trial: the unfiltered triangulation, and for each camera the person nearest to its projection.

    root: the folder pose2sim-single or the one that holds it; None: VVIPE_DATA, then the download folder.
    """
    folder = data_folder("pose2sim-single", root)
    calibration = read_calibration(folder / "Calib_qualisys.toml")
    files = [f for f in sorted((folder / trial / "pose-3d").glob("*.trc")) if "filt" not in f.name]
    if not files:
        raise ValueError(f"expected an unfiltered .trc file in {folder / trial / 'pose-3d'}, got none.")
    raw, names = read_trc(files[0])
    poses = skeleton.convert(raw, names, "paper_13")
    keypoints, confidence = {}, {}
    for camera in calibration.values():
        label = camera.name.replace("_", "")
        detections = folder / trial / "openpose" / label
        frames = sorted(detections.glob("*.json"))[: len(poses)]
        if len(frames) < len(poses):
            raise ValueError(f"expected {len(poses)} frames in {detections}, got {len(frames)}.")
        chosen = [_nearest_person(f, p) for f, p in zip(frames, project(poses, camera), strict=True)]
        keypoints[label], confidence[label] = map(np.stack, zip(*chosen, strict=True))
    return Recording(poses, {c.name.replace("_", ""): c for c in calibration.values()}, keypoints, confidence)


def _nearest_person(path: Path, projected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the person whose joints lie nearest to the projected ones; zeros where nobody has a visible joint."""
    points, sure = read_openpose_frame(path)
    points = skeleton.convert(points, "body_25b", "paper_13")
    sure = skeleton.convert_confidence(sure, "body_25b", "paper_13").clip(0, 1)
    seen = (sure > 0).any(axis=1)
    points, sure = points[seen], sure[seen]
    if len(points) == 0:
        return np.zeros((13, 2)), np.zeros(13)
    distance = np.where(sure > 0, np.linalg.norm(points - projected, axis=-1), np.nan)
    person = int(np.nanmedian(distance, axis=1).argmin())
    return points[person], sure[person]
