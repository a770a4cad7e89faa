"""Anyone's motion capture as BVH: one file or a folder, read by pybvh, joints given the library's names."""

import contextlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .. import skeleton
from ._checked_file import checked_file, refusing_damage
from .motion import Motion

MAX_BYTES = 256 * 2**20
"""A larger file is refused: it would be hours of motion, or not motion at all."""


def _both_sides(words, **joints) -> dict[str, tuple[str, ...]]:
    """Map each joint on both sides: {} in a name becomes the file's word for left, then for right."""
    return {
        f"{side}_{joint}": (name.format(word),)
        for side, word in zip(("left", "right"), words, strict=True)
        for joint, name in joints.items()
    }


MAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "daz": {
        "nose": ("leftEye", "rightEye"),
        **_both_sides("lr", shoulder="{}Shldr", elbow="{}ForeArm", wrist="{}Hand", hip="{}Thigh", knee="{}Shin",
                      ankle="{}Foot"),
    },
    "motionbuilder": {
        "nose": ("Head",),
        **_both_sides(("Left", "Right"), shoulder="{}Arm", elbow="{}ForeArm", wrist="{}Hand", hip="{}UpLeg",
                      knee="{}Leg", ankle="{}Foot"),
    },
    "mixamo": {
        "nose": ("mixamorig:Head",),
        **_both_sides(("mixamorig:Left", "mixamorig:Right"), shoulder="{}Arm", elbow="{}ForeArm", wrist="{}Hand",
                      hip="{}UpLeg", knee="{}Leg", ankle="{}Foot"),
    },
    "xsens": {
        "nose": ("Head",),
        **_both_sides(("Left", "Right"), shoulder="{}Shoulder", elbow="{}Elbow", wrist="{}Wrist", hip="{}Hip",
                      knee="{}Knee", ankle="{}Ankle"),
    },
    "smpl": {
        "nose": ("Head",),
        **_both_sides("LR", shoulder="{}_Shoulder", elbow="{}_Elbow", wrist="{}_Wrist", hip="{}_Hip", knee="{}_Knee",
                      ankle="{}_Ankle"),
    },
}  # fmt: skip
"""The skeletons that are recognised: each of the 13 joints is the mean of the file's joints named here."""

JointMap = Mapping[str, str | Sequence[str]]


def recognise(names: Sequence[str]) -> JointMap:
    """Find the map in MAPS whose joints are all among names. Raises ValueError that lists the names if none fits."""
    for joint_map in MAPS.values():
        if all(part in names for parts in joint_map.values() for part in parts):
            return joint_map
    if set(skeleton.PAPER_13) <= set(names):
        return {name: (name,) for name in skeleton.PAPER_13}
    raise ValueError(
        f"expected a skeleton of {', '.join(MAPS)}, got the joints {', '.join(names[:60])}; "
        'pass joints={"nose": "Head", "left_shoulder": "LeftArm", ...} with one entry for each of skeleton.PAPER_13.'
    )


@contextlib.contextmanager
def _lower_case_suffix(path: Path):
    """Give path, or a copy of it that ends in .bvh: pybvh refuses .BVH."""
    if path.suffix == ".bvh":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield shutil.copyfile(path, Path(folder) / "motion.bvh")


def _parse(path: Path):
    """Read a file's joint names and positions (frames, joints, 3) with pybvh."""
    import pybvh

    checked_file(path, "a BVH file", MAX_BYTES)
    with refusing_damage(path, "a BVH file", "export it again, or leave it out"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _lower_case_suffix(path) as readable:
            file = pybvh.read_bvh_file(readable, world_up="+y")
        names, positions = file.joint_names, file.joint_positions()
        if not np.isfinite(positions).all():
            raise ValueError("it holds positions that are NaN or infinite")
    return names, positions


def guess_metres(positions: np.ndarray, names: Sequence[str]) -> float:
    """Guess the metres of one file unit from the body's size: a skeleton spans 0.8 to 2.6 m."""
    span = float(np.median(np.ptp(positions, axis=1).max(-1)))
    for unit in (1.0, 0.01, 0.001, 0.0254):
        if 0.8 <= span * unit <= 2.6:
            return unit
    return 1.7 / span if span > 0 else 1.0


def read_file(path, joints: JointMap | None = None, every: int = 1, metres: float | None = None) -> Motion:
    """Read one BVH file; see read_bvh. 14_04.bvh gives subject 14 and sequence "14_04"; without a number, subject 0."""
    path = Path(path)
    names, positions = _parse(path)
    try:
        joint_map = joints or recognise(names)
        ours = [j for j in skeleton.PAPER_13 if j in joint_map] + [j for j in joint_map if j not in skeleton.PAPER_13]
        parts = {j: (p,) if isinstance(p := joint_map[j], str) else tuple(p) for j in ours}
        missing = sorted({p for ps in parts.values() for p in ps} - set(names))
        if missing:
            raise ValueError(f"expected the joints {', '.join(missing)}; the file has {', '.join(names[:60])}.")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    place = {name: i for i, name in enumerate(names)}
    unit = guess_metres(positions, names) if metres is None else metres
    frames = np.arange(len(positions))
    frames = frames[1:][::every] if len(frames) > 1 else frames
    columns = [positions[frames][:, [place[p] for p in ps]].mean(1) for ps in parts.values()]
    poses = (np.stack(columns, axis=1) * unit).astype(np.float32)
    first = path.stem.split("_")[0]
    n = len(poses)
    return Motion(
        poses, tuple(parts), np.full(n, int(first) if first.isdigit() else 0), np.full(n, path.stem),
        np.full(n, path.stem), frames,
    )  # fmt: skip


def read_bvh(
    path, joints: JointMap | None = None, every: int = 1, metres: float | None = None, errors: str = "raise"
) -> Motion:
    """Read motion capture from a BVH file, or from all BVH files below a folder; links are followed.

    joints: {joint: the file's name for it, or several names whose mean is taken}; None recognises common skeletons
    (MAPS). every: take each file's frames [1:][::every]; frame 0 is a rest pose in most collections. metres: metres per
    file unit; None guesses from the body's size. errors="skip" leaves out files that cannot be read, and warns of each.
    Gives world poses in metres, +y up. Raises ValueError naming the file and what is wrong with it.
    """
    path = Path(path)
    if not path.exists():
        raise ValueError(f"there is no file or folder {path}; give the path of a .bvh file or of a folder of them.")
    if path.is_file():
        return read_file(path, joints, every, metres)
    files = _files_below(path)
    if not files:
        raise ValueError(f"the folder {path} holds no .bvh files.")
    return _read_all(files, errors, lambda p: read_file(p, joints, every, metres))


def _files_below(folder: Path) -> list[Path]:
    """Give the .bvh files below a folder, sorted; each linked folder once, and none that the folder itself lies in."""
    found, seen = [], set(folder.resolve().parents)
    for place, folders, names in os.walk(folder, followlinks=True):
        real = Path(place).resolve()
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        paths = [Path(place, name) for name in names if name.lower().endswith(".bvh")]
        found += [path for path in paths if path.is_file() or path.is_symlink() and not path.exists()]
    return sorted(found)


def _read_all(files, errors: str, read) -> Motion:
    from tqdm.auto import tqdm

    if errors not in ("raise", "skip"):
        raise ValueError(f'expected errors="raise" or "skip", got {errors!r}.')
    parts = []
    for file in tqdm(files, desc="reading BVH", unit="file", leave=False, delay=1):
        try:
            parts.append(read(file))
        except (ValueError, FileNotFoundError) as error:
            if errors == "raise":
                raise
            warnings.warn(f"left out: {error}", stacklevel=3)
    if not parts:
        raise ValueError(f"none of the {len(files)} BVH files could be read.")
    return Motion.join(parts)
