"""Files written whole or not at all, and tensors with a description in them. Imports no model."""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def atomic_path(path):
    """Give a temporary path beside path; move it there when the block ends well, remove it when it does not."""
    path = Path(path)
    if not path.parent.is_dir():
        raise ValueError(f"expected a folder {path.parent} to write to, found none; make it, or give another path.")
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def write_tensors(path, tensors: dict, description: dict) -> None:
    """Write tensors and a JSON description to a safetensors file, atomically."""
    from safetensors.torch import save_file

    with atomic_path(path) as temporary:
        save_file(tensors, temporary, metadata={"vvipe": json.dumps(description)})


def read_tensors(path) -> tuple[dict, dict]:
    """Read what write_tensors wrote. Raises ValueError, naming the file, if it is missing, damaged or foreign."""
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise ValueError(f"expected a model at {path}, found no file; give the path of one that vvipe train or model.save wrote.")
    try:
        with safe_open(path, framework="pt") as file:
            description = json.loads((file.metadata() or {}).get("vvipe", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is damaged or no safetensors file ({error}); fetch or train it again.") from None
    if not isinstance(description, dict) or not description:
        raise ValueError(f"expected a model of this library, got another safetensors file, {path}; give a file that model.save wrote.")
    return tensors, description


def sha256(path) -> str:
    """Give the SHA-256 of a file as hexadecimal text."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
