"""The frames of the published retrieval protocol, as Pr-VIPE lists them: one file a camera, one key a line.

    h36m/h36m-val-C0.txt      S9:Walking 1:54138969:000020     subject, action, camera, frame from 0
    3dhp/3dhp-train-C0.txt    S1:Seq1:V0:C0:003370             subject, sequence, video, camera, frame from 0

They lie in google-research/google-research, under poem; `vvipe data fetch pr-vipe-frames` brings them.
"""

import re
from pathlib import Path

from ..datasets import h36m, mpi_inf_3dhp
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
    """Read a list of frame keys, one a line: the camera of all of them, and the frames in order.

    name "h36m": S9:Walking 1:54138969:000020 (subject, action, camera, frame from 0); "mpi_inf_3dhp":
    S1:Seq1:V0:C0:003370 (subject, sequence, video, camera, frame from 0).
    Raises FileNotFoundError if there is no file, ValueError naming the file and line if a key is none.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; fetch the lists with: vvipe data fetch pr-vipe-frames")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: {path.stat().st_size >> 20} MB; a list of at most {MAX_BYTES >> 20} MB was wanted.")
    frames: dict[Key, None] = {}
    camera = None
    with open(path, encoding="ascii", errors="replace") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(100), ""), 1):
            try:
                camera, key = _parse(line.rstrip("\r\n"), name, camera)
                if key in frames or len(frames) == MAX_KEYS:
                    raise ValueError(f"is there twice, or after {MAX_KEYS} others")
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {line.rstrip()[:60]!r} {error}.") from None
            frames[key] = None
    if camera is None:
        raise ValueError(f"{path}: is empty. Remove it and fetch it again: vvipe data fetch pr-vipe-frames")
    return camera, list(frames)


def _parse(line: str, name: str, camera: str | None) -> tuple[str, Key]:
    """One key: its camera and its frame. camera: that of the lines before."""
    match = re.fullmatch(_KEYS[name], line)
    if not match:
        example = "S9:Walking 1:54138969:000020" if name == "h36m" else "S1:Seq1:V0:C0:003370"
        raise ValueError(f"is no frame key; one such as {example} was wanted")
    if match["camera"] != (camera or match["camera"]):
        raise ValueError(f"is of another camera than the lines before, {camera}")
    if name == "mpi_inf_3dhp" and match["video"] != match["camera"]:
        raise ValueError("is of another video than its camera")
    return match["camera"], (int(match["subject"]), h36m.canonical_action(match["sequence"]), int(match["frame"]))


def published_frames(name: str, root=None) -> dict[str, list[Key]]:
    """The published frames of a data set by camera. root: the folder that holds pr-vipe-frames; None: VVIPE_DATA.

    Raises ValueError or FileNotFoundError that says how to fetch them if they are not there.
    """
    given = Path(root) / "pr-vipe-frames" if root is not None else None
    folder = given if given is not None and given.is_dir() else data_folder("pr-vipe-frames")
    found = {}
    for file, wanted in zip(_FILES[name], CAMERAS[name], strict=True):
        camera, frames = read_frames(folder / file, name)
        if camera != wanted:
            raise ValueError(f"{folder / file}: is the list of camera {camera}; that of {wanted} was wanted.")
        found[camera] = frames
    return found
