"""Anyone's motion capture as BVH: one file or a folder, read by pybvh, joints brought to their field names."""

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .. import skeleton
from .motion import Motion

MAX_BYTES = 256 * 2**20
"""A larger file is refused: it would be hours of motion, or not motion at all."""


def _sided(**right) -> dict[str, tuple[str, ...]]:
    """A map for both sides from one: {L} in a name becomes each side's word."""
    words = right.pop("words")
    return {
        f"{side}_{joint}": (name.format(word),)
        for side, word in zip(("left", "right"), words, strict=True)
        for joint, name in right.items()
    }


MAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "daz": {
        "nose": ("leftEye", "rightEye"),
        **_sided(words="lr", shoulder="{}Shldr", elbow="{}ForeArm", wrist="{}Hand", hip="{}Thigh", knee="{}Shin",
                 ankle="{}Foot"),
    },
    "motionbuilder": {
        "nose": ("Head",),
        **_sided(words=("Left", "Right"), shoulder="{}Arm", elbow="{}ForeArm", wrist="{}Hand", hip="{}UpLeg",
                 knee="{}Leg", ankle="{}Foot"),
    },
    "mixamo": {
        "nose": ("mixamorig:Head",),
        **_sided(words=("mixamorig:Left", "mixamorig:Right"), shoulder="{}Arm", elbow="{}ForeArm", wrist="{}Hand",
                 hip="{}UpLeg", knee="{}Leg", ankle="{}Foot"),
    },
    "xsens": {
        "nose": ("Head",),
        **_sided(words=("Left", "Right"), shoulder="{}Shoulder", elbow="{}Elbow", wrist="{}Wrist", hip="{}Hip",
                 knee="{}Knee", ankle="{}Ankle"),
    },
    "smpl": {
        "nose": ("Head",),
        **_sided(words="LR", shoulder="{}_Shoulder", elbow="{}_Elbow", wrist="{}_Wrist", hip="{}_Hip", knee="{}_Knee",
                 ankle="{}_Ankle"),
    },
}  # fmt: skip
"""Skeletons that are recognised: each of the 13 joints as the mean of the file's joints named here."""

JointMap = dict[str, str | Sequence[str]]


def recognise(names: Sequence[str]) -> JointMap:
    """Find the map in MAPS whose joints are all among names. Raises ValueError, listing the names, if none is."""
    for joint_map in MAPS.values():
        if all(part in names for parts in joint_map.values() for part in parts):
            return joint_map
    if set(skeleton.PAPER_13) <= set(names):
        return {name: (name,) for name in skeleton.PAPER_13}
    raise ValueError(
        f"the skeleton is not one that is recognised ({', '.join(MAPS)}); its joints are: {', '.join(names[:60])}. "
        'Pass joints={"nose": "Head", "left_shoulder": "LeftArm", ...} with one entry for each of skeleton.PAPER_13.'
    )


@contextlib.contextmanager
def _named_as_pybvh_wants(path: Path):
    """Give path, or a copy that ends in .bvh: pybvh refuses .BVH."""
    if path.suffix == ".bvh":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield shutil.copyfile(path, Path(folder) / "motion.bvh")


def _parse(path: Path):
    """pybvh's reading, with one kind of error that names the file."""
    import pybvh

    if not path.is_file():
        raise ValueError(f"{path}: there is no such file.")
    size = path.stat().st_size
    if size == 0 or size > MAX_BYTES:
        raise ValueError(f"{path}: {size} bytes; a BVH file of 1 byte to {MAX_BYTES // 2**20} MB was wanted.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _named_as_pybvh_wants(path) as readable:
                file = pybvh.read_bvh_file(readable, world_up="+y")
            names, positions = file.joint_names, file.joint_positions()
    except Exception as error:  # a stranger's file can fail anywhere in the parser
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ValueError(f"{path}: not a whole BVH file ({reason}). Export it again, or leave it out.") from None
    if not np.isfinite(positions).all():
        raise ValueError(f"{path}: holds positions that are NaN or infinite. Export it again, or leave it out.")
    return names, positions, file.fps


def guess_metres(positions: np.ndarray, names: Sequence[str]) -> float:
    """Metres per file unit, from the body's size: a skeleton spans 1 to 2.3 m, so 100 to 230 are centimetres."""
    span = float(np.median(np.ptp(positions, axis=1).max(-1)))
    for unit in (1.0, 0.01, 0.001, 0.0254):
        if 0.8 <= span * unit <= 2.6:
            return unit
    return 1.7 / span if span > 0 else 1.0


def read_file(path, joints: JointMap | None = None, every: int = 1, metres: float | None = None) -> Motion:
    """Read one BVH file; see read_bvh. subject and sequence come from a name such as 14_04.bvh, else 0 and the name."""
    path = Path(path)
    names, positions, _ = _parse(path)
    try:
        joint_map = joints or recognise(names)
        ours = [j for j in skeleton.PAPER_13 if j in joint_map] + [j for j in joint_map if j not in skeleton.PAPER_13]
        parts = {j: (joint_map[j],) if isinstance(joint_map[j], str) else tuple(joint_map[j]) for j in ours}
        missing = sorted({p for ps in parts.values() for p in ps} - set(names))
        if missing:
            raise ValueError(f"has no joint {', '.join(missing)}; it has {', '.join(names[:60])}.")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    place = {name: i for i, name in enumerate(names)}
    unit = guess_metres(positions, names) if metres is None else metres
    frames = np.arange(len(positions))[1:][::every] if len(positions) > 1 else np.arange(len(positions))
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
    """Read motion capture from a BVH file, or from all BVH files below a folder.

    joints: {our name: the file's name, or several whose mean is meant}; None recognises common skeletons (MAPS).
    every: take each file's frames [1:][::every]; frame 0 is a rest pose in most collections. metres: metres per file
    unit; None guesses from the body's size. errors="skip" leaves out files that cannot be read, and warns of each.
    Gives world poses in metres, +y up. Raises ValueError naming the file and what is wrong with it.
    """
    path = Path(path)
    if not path.exists():
        raise ValueError(f"there is no file or folder {path}; give the path of a .bvh file or of a folder of them.")
    if path.is_file():
        return read_file(path, joints, every, metres)
    files = sorted(p for p in path.rglob("*") if p.suffix.lower() == ".bvh" and p.is_file())
    if not files:
        raise ValueError(f"the folder {path} holds no .bvh files.")
    return _read_all(files, errors, lambda p: read_file(p, joints, every, metres))


def _read_all(files, errors: str, read) -> Motion:
    from tqdm.auto import tqdm

    if errors not in ("raise", "skip"):
        raise ValueError(f'errors is {errors!r}; "raise" or "skip" was wanted.')
    parts = []
    for file in tqdm(files, desc="reading BVH", unit="file", leave=False, delay=1):
        try:
            parts.append(read(file))
        except ValueError as error:
            if errors == "raise":
                raise
            warnings.warn(f"left out: {error}", stacklevel=3)
    if not parts:
        raise ValueError(f"none of the {len(files)} BVH files could be read.")
    return Motion.join(parts)
