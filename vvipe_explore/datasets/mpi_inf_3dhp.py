"""MPI-INF-3DHP's training part, for those who accepted its licence: 8 subjects, 2 sequences each, 14 cameras.

    mpi_inf_3dhp/S1/Seq1/annot.mat            annot3, univ_annot3: 14 cells (frames, 84), millimetres, camera frame
                                              annot2: 14 cells (frames, 56), pixels
    mpi_inf_3dhp/S1/Seq1/camera.calibration   a text: intrinsic and extrinsic matrix a camera

28 joints, skeleton.MPI_28. The calibration's world is in millimetres and, like this library's, has +y up: its camera 0
maps world +y to picture up. The published retrieval protocol tests on this part and leaves out the ceiling's cameras
11 to 13. Licence and data: https://vcai.mpi-inf.mpg.de/3dhp-dataset
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .. import skeleton
from ._checked_file import checked_file
from ._matfile import read_cells
from .motion import Motion
from .pose2sim import CalibratedCamera
from .registry import data_folder

CAMERAS = tuple(range(11))
"""The cameras of the published protocol; 11, 12 and 13 hang from the ceiling."""

MAX_TEXT = 2**20


def read_calibration(path) -> dict[int, CalibratedCamera]:
    """Read a camera.calibration: {0: camera, ...}, world (metres, +y up) to pixels, no distortion.

    Raises FileNotFoundError if there is no file, ValueError naming the file and line if it is no such calibration.
    """
    path = checked_file(path, "the calibration of a sequence", MAX_TEXT)
    found: dict[int, dict[str, list[str]]] = {}
    current: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        key, *words = line.split() or [""]
        if key == "name":
            if len(words) != 1 or not re.fullmatch(r"\d{1,2}", words[0]) or int(words[0]) in found:
                raise ValueError(f"{path}, line {number}: expected a name from 0 to 99, each once, got {line[:60]!r}.")
            current = found[int(words[0])] = {}
        elif key in ("size", "intrinsic", "extrinsic"):
            current[key] = words
    if not found:
        raise ValueError(f"{path} holds no camera; expected lines that start with name, size, intrinsic and extrinsic.")
    return {name: _camera(path, name, entry) for name, entry in found.items()}


def _camera(path: Path, name: int, entry: dict[str, list[str]]) -> CalibratedCamera:
    """Make a camera from its lines; 4 x 4 matrices, row by row."""
    values = {}
    for key, count in (("size", 2), ("intrinsic", 16), ("extrinsic", 16)):
        words = entry.get(key, [])
        try:
            values[key] = np.array([float(word[:40]) for word in words[:17]])
        except ValueError:
            raise ValueError(f"{path}: expected numbers as camera {name}'s {key}, got a word.") from None
        if len(words) != count or not np.isfinite(values[key]).all():
            got = f"got {np.isfinite(values[key]).sum()} of {len(words)}"
            raise ValueError(f"{path}: expected {count} finite numbers as camera {name}'s {key}, {got}.")
    world_to_camera = values["extrinsic"].reshape(4, 4)
    rotation = world_to_camera[:3, :3]
    if np.abs(rotation).max() > 2 or np.abs(rotation @ rotation.T - np.eye(3)).max() > 1e-2:
        raise ValueError(f"{path}: camera {name}'s extrinsic matrix holds no rotation; copy the file again.")
    if np.linalg.det(rotation) < 0:
        raise ValueError(f"{path}: camera {name}'s extrinsic matrix is a reflection; copy the file again.")
    world_to_camera[:3, 3] /= 1000
    intrinsics = values["intrinsic"].reshape(4, 4)[:3, :3].copy()
    return CalibratedCamera(str(name), tuple(values["size"].tolist()), world_to_camera, intrinsics, np.zeros(4))


def sequences(root=None) -> Iterator[tuple[int, str, Path]]:
    """Go through the sequences: subject, "Seq1" or "Seq2", folder. Raises ValueError if there is none."""
    folder = data_folder("mpi_inf_3dhp", root)
    found = []
    for path in sorted(folder.glob("S*/Seq*/annot.mat")):
        match = re.fullmatch(r"S([1-8])", path.parts[-3])
        if match and re.fullmatch(r"Seq[12]", path.parts[-2]):
            found.append((int(match[1]), path.parts[-2], path.parent))
    if not found:
        raise ValueError(f"expected S1/Seq1/annot.mat or the like in {folder}, got none; copy the training part there.")
    yield from found


def read_annotations(folder, name: str = "annot3", cameras=CAMERAS) -> dict[int, np.ndarray]:
    """Read a sequence's annotations: {camera: (frames, 28, 3 or 2)}, joints of skeleton.MPI_28.

    name: "annot3" or "univ_annot3" (a body of one height for all), millimetres in the camera's frame, x right, y down,
    z forward; "annot2", pixels. float32. Raises ValueError naming the file if its content is not as expected.
    """
    dims = {"annot3": 3, "univ_annot3": 3, "annot2": 2}.get(name)
    if dims is None:
        raise ValueError(f'expected the name "annot3", "univ_annot3" or "annot2", got {name!r}.')
    path = Path(folder) / "annot.mat"
    cells = read_cells(path, name)
    found = {}
    for camera in cameras:
        shape = cells[camera].shape if camera < len(cells) else "no cell"
        if shape == "no cell" or len(shape) != 2 or shape[0] == 0 or shape[1] != 28 * dims:
            raise ValueError(f"{path}: expected {name} of camera {camera} as (frames, {28 * dims}), got {shape}.")
        with np.errstate(over="ignore"):
            numbers = cells[camera].astype(np.float32, order="C")
        if not np.isfinite(numbers).all():
            raise ValueError(f"{path}: {name} of camera {camera} holds values that are NaN or infinite.")
        found[camera] = numbers.reshape(-1, 28, dims)
    return found


def world_poses(folder, camera: int = 0) -> np.ndarray:
    """Give a sequence's poses (frames, 28, 3) from one camera's annot3, in the world: metres, +y up, float32."""
    path = Path(folder) / "camera.calibration"
    calibration = read_calibration(path)
    if camera not in calibration:
        raise ValueError(f"{path}: expected camera {camera}, got only {', '.join(map(str, calibration))}.")
    extrinsic = calibration[camera].world_to_camera
    points = read_annotations(folder, "annot3", [camera])[camera].astype(np.float64) / 1000
    # p = R q + t, so q = R^T (p - t); for row vectors (p - t) R
    return ((points - extrinsic[:3, 3]) @ extrinsic[:3, :3]).astype(np.float32)


def load(root=None) -> Motion:
    """Read the training part, converted to the 13 joints of skeleton.PAPER_13; the nose is the data set's head.

    poses (n, 13, 3): metres, float32, +y up; sequence such as "S1_Seq2", action "Seq2", frame from 0, as in the
    protocol's keys. root: the folder mpi_inf_3dhp or the one that holds it; None: VVIPE_DATA.
    Raises ValueError or FileNotFoundError naming the file that is missing or damaged.
    """
    parts = []
    for subject, name, folder in sequences(root):
        poses = skeleton.convert(world_poses(folder), "mpi_28")
        n = len(poses)
        parts.append(Motion(
            poses, skeleton.PAPER_13, np.full(n, subject), np.full(n, name), np.full(n, f"S{subject}_{name}"),
            np.arange(n),
        ))  # fmt: skip
    return Motion.join(parts)
