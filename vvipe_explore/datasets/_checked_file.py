"""Check a stranger's file before it is opened, and refuse it in one line that names it."""

import contextlib
import os
from pathlib import Path


def checked_file(path, expected: str, most: int) -> Path:
    """Give path as a Path if it is a file of at most `most` bytes.

    expected: what the file should be, for the message. Links are followed. Raises FileNotFoundError if there is no
    file, ValueError if it is larger.
    """
    path = Path(path)
    refuse_broken_link(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; expected {expected}.")
    size = path.stat().st_size
    if size > most:
        raise ValueError(f"{path}: expected {expected} of at most {most:,} bytes, got {size:,}.")
    return path


def refuse_broken_link(path: Path) -> None:
    """Raise FileNotFoundError if path is a link to what is not there, as git-annex and DVC leave what isn't fetched."""
    if os.path.islink(path) and not os.path.exists(path):
        missing = f"{path} is a link to {os.readlink(path)}, which is not there"
        raise FileNotFoundError(f"{missing}; fetch it (git annex get, dvc pull).")


@contextlib.contextmanager
def refusing_damage(path: Path, expected: str, remedy: str):
    """Turn any error in the block into a ValueError that names the file, the reason and the remedy."""
    try:
        yield
    except Exception as error:  # a stranger's file can fail anywhere in a parser; the remedy is the same
        text = repr(error) if isinstance(error, KeyError) else str(error)
        reason = " ".join(text.split())[:200] or type(error).__name__
        got = f"got another file or a damaged one ({reason})"
        raise ValueError(f"{path}: expected {expected}, {got}; {remedy}.") from None
