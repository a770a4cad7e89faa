"""Files written whole or not at all, folders used by one run at a time, and tensors with a description. No model."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

WRITING = ".writing-"
"""Begins the name of a file that is being written; what begins so and is left over, a killed process left."""
MAX_DESCRIPTION = 5_000_000
"""Characters of a description that read_tensors parses."""


@contextlib.contextmanager
def atomic_path(path):
    """Give a temporary path beside path; move it there when the block ends well, remove it when it does not.

    If path is a link, the new file takes the link's place: what it leads to stays as it is.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise ValueError(f"expected a folder {path.parent} to write to, found none; make it, or give another path.")
    handle, temporary = tempfile.mkstemp(prefix=f"{WRITING}{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def write_json(path, value) -> None:
    """Write what json can write to a file, atomically."""
    with atomic_path(path) as temporary:
        Path(temporary).write_text(json.dumps(value, indent=1) + "\n")


def make_folder(folder) -> Path:
    """Make a folder, if it is not there, and try it. Raises OSError, naming it, if it can't be written to."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise OSError(f"can't write to {folder} ({error.strerror}); give another folder.") from None


@contextlib.contextmanager
def folder_in_use(folder, by: str):
    """Make folder and keep it for this process until the block ends; clean up what killed processes left in it.

    by: what the folder is used for, in words. Raises ValueError, naming the other process, if it is in use, and
    OSError if it can't be written to.
    """
    from filelock import FileLock, Timeout

    folder = make_folder(folder)
    lock, who = folder / ".lock", folder / ".in_use.json"
    try:
        with FileLock(lock, timeout=0):
            for left in folder.rglob(f"{WRITING}*"):
                left.unlink(missing_ok=True)
            about = {"process": os.getpid(), "for": by, "since": time.strftime("%Y-%m-%d %H:%M:%S")}
            write_json(who, about)
            try:
                yield
            finally:
                who.unlink(missing_ok=True)
                lock.unlink(missing_ok=True)
    except Timeout:
        raise ValueError(f"{folder} is in use by {_who(who)}; wait for it, or give another folder.") from None


def _who(path: Path) -> str:
    try:
        about = json.loads(path.read_text())
        return f"process {about['process']} ({about['for']}, since {about['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def fingerprint(tensors: dict | list, more=None) -> str:
    """Give a SHA-256, as hexadecimal text, of named (or listed) tensors and of anything that json can write."""
    import torch

    named = tensors.items() if isinstance(tensors, dict) else enumerate(tensors)
    total = hashlib.sha256(json.dumps(more, sort_keys=True).encode())
    for name, tensor in sorted(named):
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)};".encode())
        total.update(memoryview(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()))
    return total.hexdigest()


def write_tensors(path, tensors: dict, description: dict) -> None:
    """Write tensors, a JSON description and a hash of both to a safetensors file, atomically."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    description = json.loads(json.dumps(description))
    # one entry: safetensors writes several in any order, and equal models should be equal files
    metadata = {"vvipe": json.dumps({**description, "sha256": fingerprint(tensors, description)})}
    with atomic_path(path) as temporary:
        try:
            save_file(tensors, temporary, metadata=metadata)
        except SafetensorError as error:
            raise OSError(f"could not write {path}: {error}") from None


def read_tensors(path, remedy: str = "fetch or train it again") -> tuple[dict, dict]:
    """Read what write_tensors wrote: tensors by name, and the description.

    Raises ValueError, naming the file and the remedy, if it is missing, foreign or damaged: its hash differs, or
    numbers in it are not finite.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise ValueError(f"expected a file {path} that vvipe train or model.save wrote, found none; check the path.")
    try:
        with _utf8_name(path) as readable, safe_open(readable, framework="pt") as file:
            metadata = file.metadata() or {}
            if len(metadata.get("vvipe", "")) > MAX_DESCRIPTION:
                raise ValueError("its description is too long")
            description = json.loads(metadata.get("vvipe", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged or no safetensors file ({error}); {remedy}.") from None
    if not isinstance(description, dict) or not description:
        raise ValueError(f"expected a file of this library, got another safetensors file, {path}; {remedy}.")
    if description.pop("sha256", None) != fingerprint(tensors, description):
        raise ValueError(f"{path} is damaged: its content does not match the hash in it; {remedy}.")
    bad = [name for name, tensor in tensors.items() if tensor.is_floating_point() and not torch.isfinite(tensor).all()]
    if bad:
        raise ValueError(f"{path} holds numbers that are not finite (in {bad[0]}); {remedy}.")
    return tensors, description


@contextlib.contextmanager
def _utf8_name(path: Path):
    """Give path, or a copy of the file whose name is UTF-8: safetensors opens no other."""
    if str(path) == str(path).encode("utf-8", "replace").decode():
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield shutil.copyfile(path, Path(folder) / "copy.safetensors")


def sha256(path) -> str:
    """Give the SHA-256 of a file as hexadecimal text."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
