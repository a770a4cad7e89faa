"""The door for motion that people bring: one file or a folder, of any format, as the 13 joints in metres, +y up."""

import math
import reprlib
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._joint_names import PAPER_13
from . import body_frame, motion_files
from .body_frame import AXES, UNITS, Head
from .gait_markers import joints_of_markers
from .joint_maps import Checked, JointMap, place_joints, read_joint_map, unknown_skeleton
from .joint_rules import Found, recognise, with_head_by_place
from .motion import Motion
from .motion_folder import read_folder
from .raw_motion import RawMotion

UNIT_NAMES = {
    "m": ("m", "metre", "metres", "meter", "meters"), "cm": ("cm", "centimetre", "centimeter"),
    "mm": ("mm", "millimetre", "millimeter"), "in": ("in", "inch", "inches"),
}  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """What the caller knows better than the file; every: frames to take one of, by count."""

    joints: Checked | None = None
    unit: float | None = None
    up: str | None = None
    fps: float | None = None
    rate: float | None = None
    every: int = 1
    folder: bool = False


def read_motion(
    path,
    joints: JointMap | str | Path | None = None,
    unit: float | str | None = None,
    up: str | None = None,
    fps: float | None = None,
    rate: float | None = None,
    errors: str = "raise",
) -> Motion:
    """Read motion capture from a file of any format (see motion_files), or from all files below a folder.

    joints: {joint: the file's name for it, or several names whose mean is taken} for each of skeleton.PAPER_13, or a
    JSON file of that; None goes by the joints' names. In a folder the map serves the files that have its names, and
    the others go by theirs. unit: metres of a file unit, or "m", "cm", "mm", "in"; None takes the file's, else guesses
    from the limbs. up: the file's axis that is up, "x" to "-z"; None finds it. fps: the file's frames a second, where
    it says none or wrong ones. rate: frames a second wanted; the nearest frames are taken. errors="skip" leaves out the
    files of a folder that cannot be read, and warns of them by kind.

    Gives world poses in metres, +y up, of every frame but the rest pose with which BVH files begin; frames in which a
    joint was not seen are left out. subject is the number before the first "_" of the file's name, or 0; sequence is
    that name, with its folder where two files have one name. What had to be assumed is warned of.
    Raises ValueError naming file and remedy, FileNotFoundError.
    """
    return read_path(path, checked_wishes(joints, unit, up, fps, rate), errors)


def read_path(path, wishes: Wishes, errors: str = "raise", suffixes: tuple[str, ...] | None = None) -> Motion:
    """Read a file, or the files below a folder that end in one of suffixes; None: in any that is read."""
    if errors not in ("raise", "skip"):
        raise ValueError(f'expected errors="raise" or "skip", got {errors!r}.')
    path = Path(path)
    if path.is_dir():
        return read_folder(path, wishes, errors, suffixes, read_file)
    if not path.exists() and not path.is_symlink():
        raise ValueError(f"there is no file or folder {path}; give the path of a motion file or of a folder.")
    motion, notes = read_file(path, wishes)
    for note in notes:
        warnings.warn(f"{path}: {note}", stacklevel=3)
    return motion


def checked_wishes(joints=None, unit=None, up=None, fps=None, rate=None) -> Wishes:
    """Check what the caller says. Raises ValueError naming the argument that cannot be."""
    return Wishes(
        read_joint_map(joints), _metres(unit), _axis(up), _positive("fps", fps, "frames a second, such as 120"),
        _positive("rate", rate, "frames a second, such as 30"),
    )  # fmt: skip


def _metres(unit) -> float | None:
    if isinstance(unit, str):
        for name, words in UNIT_NAMES.items():
            if unit.strip().lower() in words:
                return UNITS[name]
    return _positive("unit", unit, 'metres a unit, such as 0.01, or "m", "cm", "mm" or "in"')


def _axis(up) -> str | None:
    if up is None:
        return None
    axis = up.strip().lower().removeprefix("+") if isinstance(up, str) else up
    if axis not in AXES:
        raise ValueError(f"expected up= as one of {', '.join(AXES)}, got {reprlib.repr(up)}; give the file's axis.")
    return axis


def _positive(name: str, value, what: str) -> float | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value <= 0:
        raise ValueError(f"expected {name}= as {what}, got {reprlib.repr(value)}; give that, or leave it out.")
    return float(value)


def read_file(path: Path, wishes: Wishes) -> tuple[Motion, list[str]]:
    """Read one file; give its motion and what a user should know of the reading. Errors name the file."""
    raws = motion_files.read_raw(path)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return _understand(path, raws, wishes)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _understand(path: Path, raws: list[RawMotion], wishes: Wishes) -> tuple[Motion, list[str]]:
    raw, found, notes = _choose(raws, wishes)
    said_twice = any("are named" in note for note in raw.notes)
    notes += [*raw.notes, *(note for note in found.notes if not (said_twice and "are named" in note))]
    frames, said = chosen_frames(raw, wishes)
    notes += said
    poses = _poses(raw, found, wishes, frames, notes)
    frames, poses = _whole(frames, poses, found, notes)
    return as_motion(path, poses, frames), list(dict.fromkeys(filter(None, notes)))


def as_motion(path: Path, poses: np.ndarray, frames: np.ndarray, joint_names=PAPER_13) -> Motion:
    """Make a file's Motion: 14_04.bvh gives subject 14 and sequence "14_04"; without a number, subject 0."""
    first, n = path.stem.split("_")[0], len(poses)
    subject = int(first) if first.isdecimal() and len(first) < 10 else 0
    name = np.full(n, path.stem)
    return Motion(poses, tuple(joint_names), np.full(n, subject), name, name, frames)


def _choose(raws: list[RawMotion], wishes: Wishes) -> tuple[RawMotion, Found, list[str]]:
    """Choose the first skeleton of a file that is recognised, by the map or by names."""
    several = [f"there are {len(raws)} skeletons in the file; the first body is read"] if len(raws) > 1 else []
    wrong = None
    if wishes.joints is not None:
        for raw in raws:
            try:
                return raw, place_joints(wishes.joints, raw), several
            except ValueError as error:
                wrong = wrong or error
        if not wishes.folder:
            assert wrong is not None
            raise wrong
    for raw in raws:
        found = _recognised(raw)
        if not found.missing:
            return raw, found, several
        joints = joints_of_markers(raw)
        if joints is not None:
            return joints, recognise(joints.names), several
    best = min(raws, key=lambda raw: len(_recognised(raw).missing))
    raise wrong or unknown_skeleton(best, _recognised(best))


def _recognised(raw: RawMotion) -> Found:
    found = recognise(raw.names, raw.parents)
    if raw.parents is None or raw.rest is None:
        return found
    return with_head_by_place(found, raw.names, raw.parents, raw.rest)


def chosen_frames(raw: RawMotion, wishes: Wishes) -> tuple[np.ndarray, list[str]]:
    """Choose the frames: all but the rest frames, or the nearest to the times of the rate wanted."""
    frames = np.arange(raw.first if len(raw.positions) > raw.first else 0, len(raw.positions))[:: wishes.every]
    fps = wishes.fps or raw.fps
    if wishes.rate is None:
        return frames, []
    if not fps:
        return frames, ["the file says no frames a second, so every frame is given; pass fps="]
    step = fps / wishes.rate
    if step < 0.995:
        return frames, [f"the file has {fps:g} frames a second, fewer than {wishes.rate:g}; every frame is given"]
    if abs(step - round(step)) <= 0.005 * step:
        return frames[:: round(step)], []
    near = np.round(np.arange(math.ceil(len(frames) / step) + 1) * step).astype(int)
    return frames[near[near < len(frames)]], []


def _poses(raw: RawMotion, found: Found, wishes: Wishes, frames: np.ndarray, notes: list[str]) -> np.ndarray:
    """Give the 13 joints (n, 13, 3), float64, metres, +y up, NaN where one was not seen."""
    points = joints_of(raw.positions, found)[frames]
    seen = body_frame.some_frames(points)
    if not len(seen):
        _refuse_unseen(points)
    rest = None if raw.rest is None else joints_of(raw.rest[None], found)[0]
    up, note = (wishes.up, "") if wishes.up else body_frame.find_up(rest, seen, raw.up)
    notes.append(note)
    notes.append(body_frame.bones_of_no_length(seen))
    if body_frame.is_crossed(seen):
        notes.append(_refuse_crossed(found, raw))
    if body_frame.bends_backward(seen):
        notes.append("the knees bend backward: is the file mirrored? if so, exchange left and right with joints=")
    unit, note = (wishes.unit, "") if wishes.unit else body_frame.find_unit(seen, raw.metres)
    notes.append(note)
    face = found.face
    if not face and len(found.joints["nose"]) == 1 and not body_frame.is_face(seen[:, 0], seen):
        face = "head"
        notes.append(f"the nose is put in front of {raw.names[found.joints['nose'][0]]}, which is no face")
    if face == "neck":
        notes.append("there is no head; the nose is put above the neck and in front of it")
    if face in body_frame.NOSE:
        (place, *more), turns = found.joints["nose"], None
        if raw.turns is not None and not more:
            turns = raw.turns(place)[frames]
        points[:, 0] = body_frame.place_nose(Head(face, points[:, 0].copy(), turns), points, rest, up)
    return body_frame.turn_up(points, up) * unit


def _refuse_crossed(found: Found, raw: RawMotion) -> str:
    """Refuse a map whose arms or legs have the sides exchanged; of names that say so themselves give a note."""
    names = " and ".join(raw.names[found.joints[f"left_{joint}"][0]] for joint in ("shoulder", "hip"))
    got = f"expected the left shoulder on the side of the left hip, got {names} on opposite sides"
    if not found.face:
        raise ValueError(f"{got}; exchange the sides of the arms or of the legs in joints=.")
    return f"{got}; pass joints= if the names are wrong"


def joints_of(positions: np.ndarray, found: Found) -> np.ndarray:
    """Give the 13 joints (n, 13, 3) of positions (n, k, 3)."""
    return np.stack([positions[:, list(found.joints[joint])].mean(1) for joint in PAPER_13], axis=1)


def _refuse_unseen(points: np.ndarray) -> None:
    seen = np.any(np.isfinite(points).all(-1), axis=0)
    never = [joint for joint, ever in zip(PAPER_13, seen, strict=True) if not ever]
    got = f"none with {', '.join(never)}" if never else "none with all of them"
    raise ValueError(f"expected frames in which the 13 joints were seen, got {got}; fill the gaps in the tool.")


def _whole(frames: np.ndarray, poses: np.ndarray, found: Found, notes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Leave out frames without a joint, or whose hips have no width; refuse a file that has no other."""
    poses = poses.astype(np.float32)
    seen = np.all(np.isfinite(poses), axis=(1, 2))
    if lost := int((~seen).sum()):
        notes.append(f"{lost} of {len(seen)} frames are left out: a joint was not seen in them")
    frames, poses = frames[seen], poses[seen]
    if not len(poses):
        raise ValueError("expected a body of a few metres, got places that overflow; check unit=, or export it again.")
    faces = body_frame.faces_somewhere(poses)
    if not faces.any():
        raise ValueError(
            "expected hips of some width, got left_hip and right_hip at one place (or on one line with the spine); "
            "name the joints of the thighs with joints=, or leave the file out."
        )
    if flat := int((~faces).sum()):
        notes.append(f"{flat} of {len(faces)} frames are left out: their hips have no width")
    return frames[faces], poses[faces]
