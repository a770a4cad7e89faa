"""The door for motion that people bring: one file or a folder, of any format, as the 13 joints in metres, +y up."""

import math
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .._joint_names import PAPER_13
from . import motion_files
from .gait_markers import joints_of_markers
from .joint_maps import JointMap, place_joints, unknown_skeleton
from .joint_rules import Found, recognise, with_head_by_place
from .motion import Motion
from .motion_body import poses_of
from .motion_folder import MAP_UNUSED, read_folder
from .motion_wishes import Wishes, checked_wishes
from .raw_motion import RawMotion


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

    joints: {joint: the file's name for it, or several names whose mean is taken} for each of skeleton.PAPER_13 (and
    for others of skeleton.SKELETONS, which are then given too), or a JSON file of that; None goes by the joints' names.
    In a folder the map serves the files that have its names, and the others go by theirs.
    unit: metres of a file unit, or "m", "cm", "mm", "in"; None takes the file's, else guesses from the limbs.
    up: the file's axis that is up, "x" to "-z"; None finds it. fps: the file's frames a second, where it says none or
    wrong ones. rate: frames a second wanted; the nearest frames are taken.
    errors="skip" leaves out the files of a folder that cannot be read, and warns of them by kind.

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


def read_file(path: Path, wishes: Wishes) -> tuple[Motion, list[str]]:
    """Read one file; give its motion and what a user should know of the reading. Errors name the file."""
    return understand(path, motion_files.read_raw(path), wishes)


def understand(path: Path, raws: list[RawMotion], wishes: Wishes) -> tuple[Motion, list[str]]:
    """Make a motion of what read_raw gave of a file; give notes too. Errors name the file."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return _understand(path, raws, wishes)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _understand(path: Path, raws: list[RawMotion], wishes: Wishes) -> tuple[Motion, list[str]]:
    raw, found, notes = _choose(raws, wishes)
    frames, of_frames = chosen_frames(raw, wishes)
    frames, poses, of_body = poses_of(raw, found, wishes, frames)
    notes = list(dict.fromkeys(filter(None, [*notes, *raw.notes, *found.notes, *of_frames, *of_body])))
    return as_motion(path, poses, frames, found.joints), notes


def as_motion(path: Path, poses: np.ndarray, frames: np.ndarray, joint_names: Iterable[str]) -> Motion:
    """Make a file's Motion: 14_04.bvh gives subject 14 and sequence "14_04"; without a number, subject 0."""
    first, n = path.stem.split("_")[0], len(poses)
    subject = int(first) if first.isdecimal() and len(first) < 10 else 0
    name = np.full(n, path.stem)
    return Motion(poses, tuple(joint_names), np.full(n, subject), name, name, frames)


def _choose(raws: list[RawMotion], wishes: Wishes) -> tuple[RawMotion, Found, list[str]]:
    """Choose the first skeleton of a file that is recognised, by the map or by names.

    In a folder, a map of the 13 joints only need not fit the file.
    """
    several = [f"there are {len(raws)} skeletons in the file; the first body is read"] if len(raws) > 1 else []
    wrong = None
    more = set(wishes.joints or ()) - set(PAPER_13)
    if wishes.joints is not None:
        for raw in raws:
            try:
                return raw, place_joints(wishes.joints, raw), several
            except ValueError as error:
                wrong = wrong or error
        if wrong and (more or not wishes.folder):
            raise wrong
    several += [MAP_UNUSED] if wrong else []
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
