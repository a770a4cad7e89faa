"""What vvipe lift and vvipe export-motion share: the formats that they write, the files that they list, the notes."""

import argparse
import contextlib
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

DEFAULT_FPS = 30.0
FORMATS_HELP = "formats to write, with commas: bvh, glb, trc, c3d, csv, npz, json"


def formats(text: str) -> list[str]:
    """Read "bvh,glb" as names of formats; refuse those that can't be written here."""
    from ..lift.export import check_formats

    names = [name.strip().lower().removeprefix(".") for name in text.split(",") if name.strip()]
    try:
        check_formats(names)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return list(dict.fromkeys(names))


@contextlib.contextmanager
def one_line_warnings() -> Iterator[None]:
    """Show a warning as one line, without the place in the code."""
    usual, warnings.formatwarning = warnings.formatwarning, lambda message, *_, **__: f"vvipe: {message}\n"
    try:
        yield
    finally:
        warnings.formatwarning = usual


def table_of_files(files: Iterable[Path]) -> str:
    """Make the table of the files that a command wrote."""
    from ..evaluation.markdown import markdown_table

    return markdown_table(("file", "kB"), [(str(path), f"{path.stat().st_size / 1000:.0f}") for path in files])
