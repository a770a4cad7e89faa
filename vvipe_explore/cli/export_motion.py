"""`vvipe export-motion`: motion of any format that is read goes in; files of other formats come out."""

from pathlib import Path

import numpy as np

from .motion_options import add_motion_options, motion_options
from .shared import DEFAULT_FPS, FORMATS_HELP, formats, one_line_warnings, table_of_files

HELP = "convert a motion file (BVH, C3D, TRC, CSV, AMC, npz) to BVH, glTF, TRC, C3D, CSV, npz or JSON"


def add_arguments(command) -> None:
    """Declare the command's arguments and what runs it."""
    command.set_defaults(run=run)
    add = command.add_argument
    add("input", help="motion file to convert")
    add("--to", metavar="FORMATS", type=formats, required=True, help=FORMATS_HELP)
    add("--out", metavar="FOLDER", default=".", help="folder to write to (default: this one)")
    add_motion_options(command)


def run(args) -> None:
    """Read the file, write NAME.bvh and others, and print the table."""
    with one_line_warnings():
        _convert(args)


def _convert(args) -> None:
    from .._files import make_folder
    from ..lift.export import export

    path = Path(args.input)
    if path.is_dir():
        raise ValueError(f"expected a motion file, got the folder {path}; give one of its files.")
    folder = make_folder(args.out)
    targets = [folder / f"{path.stem}.{name}" for name in args.to]
    for target in targets:
        if target.exists() and path.exists() and target.samefile(path):
            raise ValueError(f"expected another file to write than {path} itself, got its format; pass another --out.")
    poses, joint_names, fps, notes = _read(path, args)
    for note in notes:
        print(note)
    files = [export(target, poses, fps, joint_names) for target in targets]
    print("\n" + table_of_files(files))


def _read(path: Path, args) -> tuple[np.ndarray, tuple[str, ...], float, list[str]]:
    """Give poses (n, joints, 3) with a row for each of the file's frames, NaN where it has none; names, fps, notes."""
    from ..datasets.motion_files import read_raw
    from ..datasets.motion_reader import understand
    from ..datasets.motion_wishes import checked_wishes

    wishes = checked_wishes(**motion_options(args))
    raws = read_raw(path)
    motion, notes = understand(path, raws, wishes)
    fps, said = wishes.fps or raws[0].fps, ""
    if fps is None:
        fps, said = DEFAULT_FPS, " (assumed; set it with --fps)"
    row = motion.frame - motion.frame[0]
    poses = np.full((row[-1] + 1, *motion.poses.shape[1:]), np.nan)
    poses[row] = motion.poses
    return poses, motion.joint_names, fps, [*notes, f"{len(poses)} frames, {fps:g} a second{said}"]
