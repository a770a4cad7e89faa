"""Real people who do exercises: UI-PRMD, the Vicon markers, turned into joints.

University of Idaho Physical Rehabilitation Movement Data: 10 people, 10 exercises, 10 repetitions each, done as they
should be and as a patient might do them. Vakanski, Jun, Paul and Baker (2018), A Data Set of Human Body Movements for
Physical Rehabilitation Exercises, Data 3(1):2. Open Data Commons Public Domain Dedication and License 1.0.

A file holds one repetition: 39 markers on the skin, comma-separated millimetres, z up, a row a frame, 100 frames a
second. m03 of s03 is not in the set. marker_joints gives the joints inside the body.
"""

import gzip
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._joint_names import PAPER_13
from ._checked_file import checked_file
from .marker_joints import NEEDED, fit, joint_centres
from .motion import ExerciseMotion, Motion
from .registry import data_folder

ACTIONS = (
    "deep squat", "hurdle step", "inline lunge", "side lunge", "sit to stand", "standing active straight leg raise",
    "standing shoulder abduction", "standing shoulder extension", "standing shoulder internal-external rotation",
    "standing shoulder scaption",
)  # fmt: skip
"""m01 to m10."""

MARKERS = (
    "LFHD", "RFHD", "LBHD", "RBHD", "C7", "T10", "CLAV", "STRN", "RBAK",
    "LSHO", "LUPA", "LELB", "LFRM", "LWRA", "LWRB", "LFIN", "RSHO", "RUPA", "RELB", "RFRM", "RWRA", "RWRB", "RFIN",
    "LASI", "RASI", "LPSI", "RPSI",
    "LTHI", "LKNE", "LTIB", "LANK", "LHEE", "LTOE", "RTHI", "RKNE", "RTIB", "RANK", "RHEE", "RTOE",
)  # fmt: skip
"""The columns of a file, three numbers each."""

PEOPLE = {"train": (1, 2, 3, 5, 10), "validation": (4, 6), "test": (7, 8, 9)}

_POSITIONS = "Segmented Movements/Vicon/Positions"
LAYOUTS = (
    (("correct", "incorrect"), 1),
    ((_POSITIONS, f"Incorrect {_POSITIONS}"), 4),
    ((f"data/{_POSITIONS}", f"data/Incorrect {_POSITIONS}"), 4),
)
"""Where the files lie, and how many rows make a step: 25 frames a second are read of files of 25 or of 100."""

MAX_BYTES, MAX_TEXT = 16 * 2**20, 64 * 2**20
REACH = 2000.0
"""Millimetres: a marker farther than this from the middle one, along an axis, was not on the body."""

_NAME = re.compile(r"(m(\d\d)_s(\d\d)_e\d\d)_positions(_inc)?\.txt(\.gz)?")
_SEQUENCE = re.compile(r"m\d\d_s\d\d_e\d\d(_inc)?")


def load(root=None) -> ExerciseMotion:
    """Read all repetitions at 25 frames a second: metres, +y up, the 13 joints of skeleton.PAPER_13.

    root: the folder, or the one that holds it as ui-prmd; None: VVIPE_DATA, then the download folder. The folder has
    correct/ and incorrect/ with files of 25 frames a second, or the original's "Segmented Movements" and "Incorrect
    Segmented Movements", of which every fourth row is read. subject 1 to 10, action in words, sequence such as
    "m01_s02_e03", with "_inc" if it was done incorrectly, frame: the row in the file; .correct and .repetition.
    Frames in which a marker that is needed was lost are left out; a warning says how many, dropped() in which files.
    Raises ValueError that names the file if one is damaged, or the folders tried if there are none.
    """
    found = repetitions(root)
    motion = motion_of(found)
    lost = sum(one.lost for one in found)
    if lost:
        said = f"left out {lost:,} of {lost + len(motion):,} frames of ui-prmd: a marker was lost in them"
        warnings.warn(said, stacklevel=3)
    return motion


def dropped(root=None) -> dict[str, int]:
    """Count the frames that load leaves out, by sequence; sequences without any are not named. Reads the files."""
    return {one.sequence: one.lost for one in repetitions(root) if one.lost}


def repetitions(root=None) -> "list[Repetition]":
    """Read the markers of all repetitions at 25 frames a second; root and errors as for load."""
    files, every = _files(data_folder("ui-prmd", root))
    return [_read(file, every) for file in files]


def split(motion: Motion) -> dict[str, np.ndarray]:
    """Split rows by person: {"train": s01, s02, s03, s05, s10; "validation": s04, s06; "test": s07, s08, s09}."""
    return {part: np.flatnonzero(np.isin(motion.subject, people)) for part, people in PEOPLE.items()}


def is_ui_prmd(motion: Motion) -> bool:
    """Say whether all sequences are named as here."""
    return len(motion) > 0 and all(_SEQUENCE.fullmatch(str(sequence)) for sequence in set(motion.sequence))


def _files(folder: Path) -> tuple[list[Path], int]:
    """Find the files and how many rows make a step, by the first layout that has any."""
    for places, every in LAYOUTS:
        found = [file for place in places for file in (folder / place).glob("*.txt*") if _NAME.fullmatch(file.name)]
        if found:
            return sorted(found, key=lambda file: file.name), every
    raise ValueError(
        f"expected m01_s01_e01_positions.txt.gz and so on in {folder}/correct or in {folder}/{_POSITIONS}, got none; "
        "fetch them with: vvipe data fetch ui-prmd"
    )


def labels(sequence: str, frame: np.ndarray) -> dict[str, np.ndarray]:
    """Give the fields of an ExerciseMotion that follow from a sequence's name, such as "m01_s02_e03_inc"."""
    exercise, person, repetition = (int(part[1:]) for part in sequence.split("_")[:3])
    values = {
        "subject": person, "action": ACTIONS[exercise - 1], "sequence": sequence,
        "correct": not sequence.endswith("_inc"), "repetition": repetition,
    }  # fmt: skip
    return {name: np.full(len(frame), value) for name, value in values.items()} | {"frame": frame}


@dataclass(frozen=True)
class Repetition:
    """One file: the markers (n, 39, 3) of the frames that have all that are needed, and how many frames were left out.

    Millimetres, z up. person, exercise: from 1. frame (n,): the row in the file. lost: how many were left out.
    """

    sequence: str
    person: int
    exercise: int
    frame: np.ndarray
    markers: np.ndarray
    lost: int


def _read(path: Path, every: int) -> Repetition:
    """Read one file: row 0 and each row whose number is a multiple of every."""
    named = _NAME.fullmatch(path.name)
    if not named or not 1 <= int(named[2]) <= len(ACTIONS):
        raise ValueError(f"{path}: expected a name such as m01_s01_e01_positions.txt.gz; rename the file.")
    markers = read_markers(path)[::every]
    there = markers_there(markers)
    sequence = named[1] + (named[4] or "")
    return Repetition(
        sequence, int(named[3]), int(named[2]), np.flatnonzero(there) * every, markers[there], int((~there).sum())
    )


def motion_of(found: list[Repetition]) -> ExerciseMotion:
    """Turn repetitions into poses, as load gives them. Raises ValueError if they have no frames."""
    whole = sorted((one for one in found if len(one.frame)), key=lambda one: one.sequence)
    if not whole:
        raise ValueError("expected frames that have all markers that are needed, got none; add other files.")
    parts = []
    for person in sorted({one.person for one in whole}):
        parts += _poses([one for one in whole if one.person == person])
    return ExerciseMotion.join(sorted(parts, key=lambda part: part.sequence[0]))


def _poses(found: list[Repetition]) -> list[ExerciseMotion]:
    """Turn one person's repetitions into poses. Markers were placed anew for each exercise, so each is fitted again."""
    person = fit(*_joined(found))
    parts = []
    for exercise in dict.fromkeys(one.exercise for one in found):
        same = [one for one in found if one.exercise == exercise]
        markers, starts = _joined(same)
        # z up becomes +y up by a rotation: the data's (x, y, z) are our (z, x, y).
        joints = joint_centres(markers, fit(markers, starts, person))[..., [1, 2, 0]] / 1000
        for one, poses in zip(same, np.split(joints.astype(np.float32), starts[1:]), strict=True):
            parts.append(ExerciseMotion(poses, PAPER_13, **labels(one.sequence, one.frame)))
    return parts


def _joined(found: list[Repetition]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Give the markers of repetitions after one another, by name, and the row at which each repetition starts."""
    markers = np.concatenate([one.markers for one in found])
    starts = np.cumsum([0, *(len(one.frame) for one in found[:-1])])
    return {name: markers[:, i] for i, name in enumerate(MARKERS)}, starts


def markers_there(markers: np.ndarray) -> np.ndarray:
    """Say in which frames (n,) all markers that are needed are on the body; markers (n, 39, 3), millimetres.

    A lost marker is at 0, 0, 0, not a number, or farther than REACH from the middle one along an axis.
    """
    needed = markers[:, [MARKERS.index(name) for name in NEEDED]]
    seen = np.isfinite(needed).all(-1) & (needed != 0).any(-1)
    middle = np.median(np.where(seen[..., None], needed, 0), axis=1, keepdims=True)
    near = (np.abs(needed - middle) < REACH).all(-1)
    return (seen & near).all(1)


def read_markers(path) -> np.ndarray:
    """Read the markers (n, 39, 3) of one file as it has them: millimetres, z up, in the order of MARKERS.

    Raises FileNotFoundError if there is no file, ValueError naming it if it is larger than a repetition can be or
    holds anything but rows of 117 numbers.
    """
    expected = f"rows of {3 * len(MARKERS)} numbers with commas between them"
    path = checked_file(path, f"a file of {expected}", MAX_BYTES)
    remedy = "fetch it again, or remove it to leave it out"
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            text = file.read(MAX_TEXT + 1)
        if len(text) > MAX_TEXT:
            raise ValueError(f"more than {MAX_TEXT >> 20} MB of text")
        rows = np.loadtxt(io.BytesIO(text), delimiter=",", ndmin=2) if text.strip() else np.empty((0, 0))
        if rows.shape[1] != 3 * len(MARKERS):
            raise ValueError(f"{rows.shape[0]} rows of {rows.shape[1]}")
    except (OSError, EOFError, ValueError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"{path}: expected {expected}, got {reason}; {remedy}.") from None
    return rows.reshape(len(rows), len(MARKERS), 3)
