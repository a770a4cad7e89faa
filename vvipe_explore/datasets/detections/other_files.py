"""Name a file that holds no detections, and say what to do with it."""

import re
from pathlib import Path

from ..motion_files.text import as_utf_8

_LIFT = "vvipe lift finds its people itself: vvipe lift FILE"
_UNPACK = "unpack it, and give the file that it holds"
_MOTION = "it goes to read_motion; detections are 2D"
_NPZ = "save them with np.savez(FILE, keypoints=..., confidence=...) and give that file"
_START: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "a picture", _LIFT),
    (b"\x89PNG", "a picture", _LIFT),
    (b"GIF8", "a picture", _LIFT),
    (b"RIFF", "a video or a picture", _LIFT),
    (b"\x1aE\xdf\xa3", "a video", _LIFT),
    (b"\0\0\1\xba", "a video", _LIFT),
    (b"\0\0\1\xb3", "a video", _LIFT),
    (b"\x89HDF", "an HDF5 file (DeepLabCut, SLEAP)", "export CSV from the tool that wrote it"),
    (b"MATLAB", "a MATLAB file", f"read its keypoints with scipy.io.loadmat, and {_NPZ}"),
    (b"PAR1", "a Parquet file", "save the table as CSV"),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xfd7zXZ", "an xz archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"Kaydara FBX", "an FBX file", _MOTION),
    (b"; FBX", "an FBX file", _MOTION),
    (b"glTF", "a glTF file", _MOTION),
    (b"%YAML", "a YAML file", "write JSON instead (OpenPose: --write_json FOLDER)"),
    (b"%PDF", "a PDF", "give the data itself"),
    (b"version https://git-lfs", "a pointer to a file in Git LFS", "fetch the file with git lfs pull"),
)
_TEXT: tuple[tuple[str, str, str], ...] = (
    (r"hierarchy\b", "a BVH file", _MOTION),
    (r":(asf|bone|version|fully)", "Acclaim's ASF or AMC", _MOTION),
    (r"format version\s*,", "Motive's table", _MOTION),
    (r"<(\?xml[^>]*>\s*<)?mvnx", "an MVNX file", _MOTION),
    (r"<\?xml[^>]*>\s*<annotations", "an XML file of CVAT", "export COCO Keypoints"),
    (r"<!doctype html|<html", "a web page", "download the file itself; on GitHub with Download raw file"),
    (r"<", "an XML file", "export JSON or CSV"),
)


def refuse_others(path: Path, head: bytes) -> None:
    """Raise ValueError, naming the file and the remedy, if its first bytes are those of a format without detections."""
    found = _known(head)
    if found:
        name, remedy = found
        raise ValueError(f"{path}: expected detections (docs/formats.md lists them), got {name}; {remedy}.")


def _known(head: bytes) -> tuple[str, str] | None:
    if head[4:8] == b"ftyp":
        return "a video", _LIFT
    if len(head) > 1 and head[1] == 0x50 and head[0] < 0x20:
        return "a C3D file", _MOTION
    if head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5":
        return "a pickle, which can run code", f"load it where you trust it, {_NPZ}"
    for start, name, remedy in _START:
        if head.startswith(start):
            return name, remedy
    text = as_utf_8(head)
    if not text.strip(b" \t\r\n\0"):
        return None
    words = text[:2000].decode("utf-8", "replace").lstrip().lower()
    return next(((name, remedy) for pattern, name, remedy in _TEXT if re.match(pattern, words)), None)
