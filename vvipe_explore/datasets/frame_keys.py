"""The frames of the published retrieval protocol, as Pr-VIPE lists them: one file a camera, one key a line.

    h36m/h36m-val-C0.txt      S9:Walking 1:54138969:000020     subject, action, camera, frame from 0
    3dhp/3dhp-train-C0.txt    S1:Seq1:V0:C0:003370             subject, sequence, video, camera, frame from 0

They lie in google-research/google-research, under poem; `vvipe data fetch pr-vipe-frames` fetches them.
"""

import re
from pathlib import Path

from . import h36m, mpi_inf_3dhp
from ._checked_file import checked_file
from .registry import data_folder

MAX_BYTES, MAX_KEYS = 4 * 2**20, 100_000
_KEYS = {
    "h36m": r"S(?P<subject>\d{1,2}):(?P<sequence>[A-Za-z]{1,20}(?: \d)?):(?P<camera>\d{8}):(?P<frame>\d{6})",
    "mpi_inf_3dhp": r"S(?P<subject>\d):(?P<sequence>Seq\d):V(?P<video>\d{1,2}):C(?P<camera>\d{1,2}):(?P<frame>\d{6})",
}
_FILES = {
    "h36m": [f"h36m/h36m-val-C{i}.txt" for i in range(4)],
    "mpi_inf_3dhp": [f"3dhp/3dhp-train-C{i}.txt" for i in mpi_inf_3dhp.CAMERAS],
}
CAMERAS = {"h36m": h36m.CAMERAS, "mpi_inf_3dhp": tuple(map(str, mpi_inf_3dhp.CAMERAS))}
"""The cameras of each data set, in the order of the files."""

Key = tuple[int, str, int]
"""A frame: subject, sequence (an action of Human3.6M, "Seq1" of 3DHP), number from 0."""


def read_frames(path, name: str) -> tuple[str, list[Key]]:
    """Read a list of frame keys of the data set called name: the camera of all of them, and the frames in order.

    Raises FileNotFoundError if there is no file, ValueError naming the file and line if a line is no frame key.
    """
    path = checked_file(path, "a list of frame keys (fetch it with: vvipe data fetch pr-vipe-frames)", MAX_BYTES)
    frames: dict[Key, None] = {}
    camera = None
    with open(path, encoding="ascii", errors="replace") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(100), ""), 1):
            try:
                camera, key = _parse_key(line.rstrip("\r\n"), name, camera)
                if key in frames:
                    raise ValueError("expected each key once")
                if len(frames) == MAX_KEYS:
                    raise ValueError(f"expected at most {MAX_KEYS} keys")
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}, got {line.rstrip()[:60]!r}.") from None
            frames[key] = None
    if camera is None:
        raise ValueError(f"{path} is empty; remove it and fetch it again: vvipe data fetch pr-vipe-frames")
    return camera, list(frames)


def _parse_key(line: str, name: str, camera: str | None) -> tuple[str, Key]:
    """Give a key's camera and frame. camera: that of the lines before."""
    match = re.fullmatch(_KEYS[name], line)
    if not match:
        example = "S9:Walking 1:54138969:000020" if name == "h36m" else "S1:Seq1:V0:C0:003370"
        raise ValueError(f"expected a frame key such as {example}")
    if match["camera"] != (camera or match["camera"]):
        raise ValueError(f"expected camera {camera}, as in the lines before")
    if name == "mpi_inf_3dhp" and match["video"] != match["camera"]:
        raise ValueError("expected the video and the camera to have one number")
    return match["camera"], (int(match["subject"]), h36m.canonical_action(match["sequence"]), int(match["frame"]))


def published_frames(name: str, root=None) -> dict[str, list[Key]]:
    """Read a data set's published frames by camera. root: the folder that holds pr-vipe-frames; None: VVIPE_DATA.

    Raises ValueError or FileNotFoundError that says how to fetch them if they are not there.
    """
    given = Path(root) / "pr-vipe-frames" if root is not None else None
    folder = given if given is not None and given.is_dir() else data_folder("pr-vipe-frames")
    found = {}
    for file, expected in zip(_FILES[name], CAMERAS[name], strict=True):
        camera, frames = read_frames(folder / file, name)
        if camera != expected:
            raise ValueError(f"{folder / file}: expected the list of camera {expected}, got that of {camera}.")
        found[camera] = frames
    return found
