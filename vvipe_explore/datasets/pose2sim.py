"""A recording by calibrated cameras as Pose2Sim keeps it: calibration (.toml), triangulated joints (.trc), detections.

The real recording that the tests use is Pose2Sim's demonstration session (BSD-3-Clause): one person walks over a
beam, four cameras. Two facts about its files: detections are in BODY_25B order, and a .trc file's (X, Y, Z) are the
calibration's world (y, z, x), so +y is up in the .trc.
"""

import json
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import skeleton
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


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"there is no file {path}.")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} is {path.stat().st_size >> 20} MB; at most {MAX_BYTES >> 20} MB was wanted.")
    return path.read_text(errors="replace")


def read_calibration(path) -> dict[str, CalibratedCamera]:
    """Read a Pose2Sim calibration: {"cam_01": camera, ...}; the world is the calibration's own (z up there).

    Raises ValueError naming the file if it is no such calibration.
    """
    from scipy.spatial.transform import Rotation

    path = Path(path)
    found = {}
    try:
        for name, entry in tomllib.loads(_text(path)).items():
            if not isinstance(entry, dict) or "matrix" not in entry:
                continue
            world_to_camera = np.eye(4)
            world_to_camera[:3, :3] = Rotation.from_rotvec(entry["rotation"]).as_matrix()
            world_to_camera[:3, 3] = entry["translation"]
            width, height = map(float, entry["size"])
            intrinsics = np.array(entry["matrix"], float).reshape(3, 3)
            distortion = np.array(entry["distortions"], float)
            found[name] = CalibratedCamera(name, (width, height), world_to_camera, intrinsics, distortion)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: not a Pose2Sim calibration ({error!r}).") from None
    if not found:
        raise ValueError(f"{path}: holds no camera; tables with matrix, rotation, translation and size were wanted.")
    return found


TRC_TO_CALIBRATION = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""calibration world = TRC_TO_CALIBRATION @ (X, Y, Z) of the .trc: x = Z, y = X, z = Y."""


def read_trc(path) -> tuple[np.ndarray, tuple[str, ...]]:
    """Read triangulated joints: poses (frames, joints, 3) in metres, +y up, and the joints' names.

    Missing values are NaN. Raises ValueError naming the file if it is no .trc file.
    """
    path = Path(path)
    lines = _text(path).splitlines()
    try:
        names = [name for name in lines[3].split("\t")[2:] if name.strip()]
        unit = {"m": 1.0, "mm": 0.001, "cm": 0.01}[lines[2].split("\t")[4].strip()]
        rows = [line.rstrip("\n").split("\t")[2 : 2 + 3 * len(names)] for line in lines[5:] if line.strip()]
        values = np.array([[float(cell) if cell.strip() else math.nan for cell in row] for row in rows])
        poses = values.reshape(-1, len(names), 3) * unit
        announced = int(lines[2].split("\t")[2])
        if len(poses) != announced:
            raise ValueError(f"{len(poses)} frames of {announced}")
    except (IndexError, KeyError, ValueError) as error:
        raise ValueError(f"{path}: not a .trc file, or a truncated one ({error!r}).") from None
    return poses, tuple(_TRC_NAMES.get(name.strip(), name.strip()) for name in names)


def read_openpose_frame(path) -> tuple[np.ndarray, np.ndarray]:
    """Read one frame of OpenPose: keypoints (people, 25, 2) in pixels and confidence (people, 25)."""
    path = Path(path)
    try:
        people = json.loads(_text(path))["people"]
        flat = [p["pose_keypoints_2d"] for p in people if len(p["pose_keypoints_2d"]) == 75]
        points = np.array(flat, dtype=np.float64).reshape(-1, 25, 3)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: not an OpenPose file ({error!r}).") from None
    return points[..., :2], points[..., 2]


@dataclass(frozen=True)
class Recording:
    """One trial: triangulated poses (n, 13, 3), metres, +y up; a camera's keypoints (n, 13, 2), confidence (n, 13)."""

    poses: np.ndarray
    cameras: dict[str, CalibratedCamera]
    keypoints: dict[str, np.ndarray]
    confidence: dict[str, np.ndarray]


def project(poses: np.ndarray, camera: CalibratedCamera) -> np.ndarray:
    """Project poses of the .trc's world (n, joints, 3) by a calibrated camera to pixels (n, joints, 2)."""
    from ..cameras import project as pinhole

    world = poses @ TRC_TO_CALIBRATION.T
    return pinhole(world, camera.world_to_camera, camera.intrinsics, camera.distortion)


def load_recording(trial: str = "S00_P00_T01_BalancingTrial", root=None) -> Recording:
    """Read a trial: the unfiltered triangulation, and of each camera the person nearest to its projection.

    root: the folder pose2sim-single or the one that holds it; None: VVIPE_DATA, then the download folder.
    """
    folder = data_folder("pose2sim-single", root)
    calibration = read_calibration(folder / "Calib_qualisys.toml")
    files = [f for f in sorted((folder / trial / "pose-3d").glob("*.trc")) if "filt" not in f.name]
    if not files:
        raise ValueError(f"{folder / trial} holds no unfiltered .trc file in pose-3d.")
    raw, names = read_trc(files[0])
    poses = skeleton.convert(raw, names, "paper_13")
    keypoints, confidence = {}, {}
    for camera in calibration.values():
        label = camera.name.replace("_", "")
        frames = sorted((folder / trial / "openpose" / label).glob("*.json"))[: len(poses)]
        if len(frames) < len(poses):
            where = folder / trial / "openpose" / label
            raise ValueError(f"{where} holds {len(frames)} frames; {len(poses)} were wanted.")
        chosen = [_nearest_person(f, p) for f, p in zip(frames, project(poses, camera), strict=True)]
        keypoints[label] = np.stack([points for points, _ in chosen])
        confidence[label] = np.stack([sure for _, sure in chosen])
    return Recording(poses, {c.name.replace("_", ""): c for c in calibration.values()}, keypoints, confidence)


def _nearest_person(path: Path, projected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
