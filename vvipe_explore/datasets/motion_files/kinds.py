"""Tell what a file is by its content: one of the formats that are read, or one that has a name and a way out."""

import re
from pathlib import Path

from .text import as_utf_8, decode

_HEAD = 2**16
SUFFIXES = (".bvh", ".amc", ".c3d", ".trc", ".csv", ".npz")
"""How the names of files that are read end; a file by itself is told by its content, whatever its name."""


class NotMotion(ValueError):
    """A file that holds no motion: a table, a picture, a text."""


NPZ = 'np.savez("motion.npz", positions=joints, joint_names=names, fps=30) with joints (frames, joints, 3)'
_BLENDER = "import it in Blender and export Motion Capture (.bvh)"
SMPL = f"compute its joints with the package smplx and save them with {NPZ}"
_VIDEO = "lift its people with vvipe lift instead"
_UNPACK = "unpack it and give the file that it holds"

_START: tuple[tuple[bytes, str, str], ...] = (
    (b"Kaydara FBX Binary", "an FBX file", _BLENDER),
    (b"; FBX", "an FBX file in text", "convert it to BVH with Autodesk's FBX Converter or MotionBuilder"),
    (b"glTF", "a GLB, glTF or VRM file", _BLENDER),
    (b"PXR-USDC", "a USD file", _BLENDER),
    (b"#usda", "a USD file", _BLENDER),
    (b"BLENDER", "a Blender file", "open it in Blender and export Motion Capture (.bvh)"),
    (b"Ogawa", "an Alembic file", "export the skeleton as BVH: Alembic has meshes only"),
    (b"//Maya ASCII", "a Maya file", "export FBX from Maya, import that in Blender and export Motion Capture (.bvh)"),
    (b"Vocaloid Motion Data", "a MikuMikuDance motion (VMD)", "import it in Blender with mmd_tools and export BVH"),
    (b"PMX ", "a MikuMikuDance model", "import its motion in Blender with mmd_tools and export BVH"),
    (b"%YAML", "a YAML file, such as a Unity animation", "export FBX, import that in Blender and export BVH"),
    (b"version https://git-lfs", "a pointer to a file in Git LFS", "fetch the file with git lfs pull"),
    (b"\x89HDF", "an HDF5 or MATLAB 7.3 file", f"read its joints with h5py and save them with {NPZ}"),
    (b"MATLAB 5.0", "a MATLAB file", f"read its joints with scipy.io.loadmat and save them with {NPZ}"),
    (b"\x93NUMPY", "an array without names (.npy)", f"save it with the joints' names: {NPZ}"),
    (b"PAR1", "a Parquet file", "save its joints as CSV with columns NAME_x, NAME_y, NAME_z"),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xfd7zXZ", "an xz archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive or a Blender file", "unpack it, or open it in Blender and export BVH"),
    (b"\xd0\xcf\x11\xe0", "a 3ds Max or old Excel file", "export BVH (3ds Max: Biped, Save File) or CSV"),
    (b"%PDF", "a PDF", "give the motion itself"),
    (b"\x1aE\xdf\xa3", "a video", _VIDEO),
    (b"\0\0\1\xba", "a video", _VIDEO),
    (b"\0\0\1\xb3", "a video", _VIDEO),
    (b"\xff\xd8\xff", "a picture", _VIDEO),
    (b"\x89PNG", "a picture", _VIDEO),
    (b"GIF8", "a picture", _VIDEO),
)
_OPENSIM = ("an OpenSim table (.mot, .sto)", "give the markers as .trc or .c3d: angles need OpenSim's model")
_QUALISYS = ("Qualisys' table (.tsv)", "export C3D or TRC from Qualisys Track Manager")
_NEXUS = ("Vicon Nexus's table (ASCII export)", "export C3D or TRC from Nexus")
_XML = {
    "mvnx": ("an Xsens MVNX file", "export BVH or C3D from MVN Analyze or MVN Animate"),
    "collada": ("a COLLADA file", _BLENDER),
    "opensimdocument": ("an OpenSim model or setup", "give the markers as .trc or .c3d"),
    "html": ("a web page", "download the file itself; on GitHub with Download raw file"),
}
OTHER = {
    ".fbx": f"is an FBX file; {_BLENDER}", ".glb": f"is a GLB file; {_BLENDER}", ".gltf": f"is a glTF file; {_BLENDER}",
    ".vrm": f"is a VRM file; {_BLENDER}", ".usd": f"is a USD file; {_BLENDER}", ".usdz": f"is a USD file; {_BLENDER}",
    ".mvnx": "is an Xsens MVNX file; " + _XML["mvnx"][1], ".pkl": f"is a pickle, often of SMPL parameters; {SMPL}",
    ".asf": "is a skeleton; give its motion (.amc)", ".zip": f"is an archive; {_UNPACK}",
    ".mp4": f"is a video; {_VIDEO}", ".mov": f"is a video; {_VIDEO}", ".avi": f"is a video; {_VIDEO}",
    ".npy": f"is an array without names; {NPZ}", ".tsv": "is a table of Qualisys; export C3D or TRC",
}  # fmt: skip
"""What to say of files in a folder that are not read, by how their names end."""


def kind_of(path: Path) -> str:
    """Tell the format by content: "bvh", "amc", "c3d", "trc", "npz" or "csv" (any table with named columns).

    Raises ValueError that names another format and the way to a file that is read; NotMotion for what is no motion.
    """
    with open(path, "rb") as file:
        raw = file.read(_HEAD)
    head = as_utf_8(raw)
    if not head.strip(b" \t\r\n\0"):
        raise _refusal(path, "an empty file", "copy or export it again", NotMotion)
    if raw[:4] in (b"PK\3\4", b"PK\5\6"):
        return _zip(path)
    if len(raw) > 1 and raw[1] == 0x50 and raw[0] < 0x20:
        return "c3d"
    if raw[4:8] == b"ftyp" or raw[:4] == b"RIFF":
        raise _refusal(path, "a video", _VIDEO, NotMotion)
    if raw[:1] == b"\x80" and raw[1:2] in b"\2\3\4\5" or raw[-1:] == b"." and raw[:2] in (b"(d", b"(l", b"}q", b"]q"):
        raise _pickle(path, raw)
    for start, name, remedy in _START:
        if head.lstrip().startswith(start) or raw.startswith(start):
            raise _refusal(path, name, remedy, NotMotion if remedy == _VIDEO else ValueError)
    if re.search(rb"[\0-\x08]", head[:4096]):
        raise _refusal(path, "a binary file of an unknown kind", "export BVH, C3D or CSV from the tool that wrote it")
    return _text_kind(path, decode(head))


def _refusal(path: Path, name: str, remedy: str, error: type[ValueError] = ValueError) -> ValueError:
    return error(f"{path}: expected motion as {_READ}, got {name}; {remedy}.")


_READ = "BVH, ASF/AMC, C3D, TRC, CSV or npz"


def _text_kind(path: Path, text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = [line.lower() for line in lines if not line.startswith(("#", "//"))] or [""]
    first = words[0].split()[0] if words[0].split() else ""
    if first in ("hierarchy", "root") or "hierarchy" in words[:40]:
        return "bvh"
    if words[0].lstrip('"').startswith("pathfiletype"):
        return "trc"
    if (kind := _acclaim(path, words)) is not None:
        return kind
    if text.lstrip().startswith("<"):
        raise _markup(path, text)
    if words[0].startswith(("{", "[")):
        raise _json(path, text)
    if "endheader" in words:
        raise _refusal(path, *_OPENSIM)
    if words[0].startswith("no_of_frames"):
        raise _refusal(path, *_QUALISYS)
    if re.fullmatch(r"(trajectories|model outputs|segments|joints|devices)[,;\s]*", words[0]) and len(words) > 3:
        raise _refusal(path, *_NEXUS)
    if re.search(r"[,;\t]", words[0]) or any(max(map(word.count, ",;\t")) > 2 for word in words[:20]):
        return "csv"
    raise _refusal(path, f"a text that begins with {lines[0][:40]!r}", "export it as one of them", NotMotion)


def _acclaim(path: Path, words: list[str]) -> str | None:
    """Tell "amc"; refuse the skeleton by itself, an .asf."""
    sections = {word.split()[0] for word in words[:2000] if word.startswith(":")}
    if sections & {":version", ":units", ":root", ":bonedata", ":hierarchy", ":documentation"}:
        raise _refusal(path, "Acclaim's skeleton (.asf)", "give its motion, the .amc that lies beside it")
    begins = words[0].isdecimal() and len(words) > 1 and words[1].startswith("root ")
    return "amc" if begins or sections & {":fully-specified", ":degrees", ":radians"} else None


def _markup(path: Path, text: str) -> ValueError:
    for element in re.findall(r"<!?\s*(?:doctype\s+)?([A-Za-z][\w:.-]*)", text)[:20]:
        if found := _XML.get(element.lower().split(":")[-1]):
            return _refusal(path, *found, NotMotion if "html" in element.lower() else ValueError)
    return _refusal(path, "an XML file of an unknown kind", "export BVH, C3D or CSV from the tool that wrote it")


def _json(path: Path, text: str) -> ValueError:
    if '"asset"' in text and '"version"' in text or '"bufferViews"' in text:
        return _refusal(path, "a glTF file", _BLENDER)
    remedy = f"read 2D detections with read_detections; save 3D joints with {NPZ}"
    return _refusal(path, "a JSON file", remedy, NotMotion)


def _pickle(path: Path, raw: bytes) -> ValueError:
    """Name what a pickle says that it holds; no code in it is run."""
    words = set(re.findall(rb"[a-z_]{4,}", raw))
    if words & {b"smpl_poses", b"smpl_trans", b"betas", b"body_pose", b"poses", b"smpl", b"global_orient"}:
        return _refusal(path, "a pickle of SMPL parameters (such as AIST++)", SMPL)
    return _refusal(path, "a pickle, which can run code", f"save its joints with {NPZ}")


def _zip(path: Path) -> str:
    """Tell "npz" by what an archive holds."""
    names = _members(path)
    if any(name.endswith(".npy") for name in names):
        return "npz"
    if "[content_types].xml" in names:
        raise _refusal(path, "an Excel or Office file", "save the sheet as CSV", NotMotion)
    if any(name.endswith((".usd", ".usdc", ".usda")) for name in names):
        raise _refusal(path, "a USD archive (.usdz)", _BLENDER)
    if any(name.endswith("data.pkl") for name in names):
        raise _refusal(path, "a file of torch.save", f"load it with torch and save its joints with {NPZ}")
    motions = [name for name in names if name.endswith((*SUFFIXES, ".asf", ".fbx"))]
    got = f"a zip archive with {len(motions)} motion files ({motions[0][:60]})" if motions else "a zip archive"
    raise _refusal(path, got, _UNPACK)


def _members(path: Path) -> list[str]:
    """List the first members of an archive by their local headers, in lower case; no table of contents is trusted."""
    with open(path, "rb") as file:
        data = file.read(2**20)
        file.seek(max(0, path.stat().st_size - 2**16))
        data += file.read(2**16)
    names = []
    for match in re.finditer(rb"PK\x03\x04.{22}(..)..|PK\x01\x02.{24}(..).{16}", data, re.DOTALL):
        length = int.from_bytes(match[1] or match[2], "little")
        names.append(decode(data[match.end() : match.end() + min(length, 400)]).lower())
    return list(dict.fromkeys(names[:1000]))

