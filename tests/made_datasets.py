"""Small files in exactly the formats of Human3.6M, MPI-INF-3DHP and Pr-VIPE's frame lists, and damage to them."""

import io
import pickle
import random
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from vvipe_explore.datasets import frame_keys, h36m, mpi_inf_3dhp
from vvipe_explore.datasets.h36m import SUBSET
from vvipe_explore.skeleton import H36M_17, MPI_28

# Where the right side's joints stand, metres: x to the right, y forward, z up.
PLACES = {
    "pelvis": (0, 0, 0.95), "spine": (0, 0.01, 1.2), "thorax": (0, 0, 1.45), "neck": (0, 0, 1.5),
    "nose": (0, 0.1, 1.6), "head": (0, 0.05, 1.62), "head_top": (0, 0.02, 1.78), "clavicle": (0.05, 0, 1.45),
    "shoulder": (0.16, 0, 1.43), "elbow": (0.22, 0, 1.15), "wrist": (0.24, 0.1, 0.9), "hand": (0.24, 0.12, 0.82),
    "hip": (0.12, 0, 0.93), "knee": (0.13, 0.03, 0.5), "ankle": (0.13, 0, 0.08), "foot": (0.13, 0.1, 0.04),
    "toe": (0.13, 0.2, 0.02), "spine2": (0, 0, 1.15), "spine3": (0, 0, 1.25), "spine4": (0, 0, 1.35),
}  # fmt: skip


def body(names) -> np.ndarray:
    """Make a standing person (joints, 3), metres, z up, who faces +y, so that left is at -x."""
    places = [PLACES[name.removeprefix("left_").removeprefix("right_")] for name in names]
    signs = [-1 if name.startswith("left") else 1 for name in names]
    return np.array([(sign * x, y, z) for sign, (x, y, z) in zip(signs, places, strict=True)])


def moving(names, n: int, seed: int = 0) -> np.ndarray:
    """Make a person who walks about and moves (n, joints, 3), metres, z up, within a metre of the origin."""
    rng = np.random.default_rng(seed)
    turn = np.cumsum(rng.normal(0, 0.3, n))
    rotation = np.zeros((n, 3, 3))
    rotation[:, 0, 0] = rotation[:, 1, 1] = np.cos(turn)
    rotation[:, 0, 1], rotation[:, 1, 0], rotation[:, 2, 2] = -np.sin(turn), np.sin(turn), 1
    poses = (body(names) + rng.normal(0, 0.08, (n, len(names), 3))) @ rotation.transpose(0, 2, 1)
    return poses + np.append(rng.uniform(-0.7, 0.7, 2), 0)


def h36m_32(n: int, seed: int = 0) -> np.ndarray:
    """Make poses as data_3d_h36m.npz has them: (n, 32, 3), float32; unused joints stand at 99."""
    poses = np.full((n, 32, 3), 99.0, np.float32)
    poses[:, SUBSET] = moving(H36M_17, n, seed)
    return poses


class _Python2Pickler(pickle._Pickler):
    """Pickles as Python 2 did: all texts and bytes as strings without an encoding."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, obj):
        raw = obj.encode("latin-1") if isinstance(obj, str) else obj
        short = len(raw) < 256
        self.write((b"U" + bytes([len(raw)]) if short else b"T" + struct.pack("<I", len(raw))) + raw)
        self.memoize(obj)

    dispatch[str] = dispatch[bytes] = save_string


def pickled(data: dict, style: str = "numpy 2") -> bytes:
    """Pickle data in a 0-dimensional object array, as "numpy 2", "numpy 1" or "python 2" wrote it."""
    array = np.array(data, dtype=object)
    if style == "numpy 2":
        return pickle.dumps(array, protocol=4)
    file = io.BytesIO()
    (_Python2Pickler if style == "python 2" else pickle._Pickler)(file, protocol=2).dump(array)
    old = file.getvalue().replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    assert b"numpy.core" in old
    return old


HEADER = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (), }".ljust(117) + b"\n"


def write_npz(path: Path, key: str, pickle_bytes: bytes, header: bytes = HEADER, **more: bytes) -> Path:
    """Write an .npz with one object array, its pickle given as bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {key: header + pickle_bytes, **more}.items():
            archive.writestr(f"{name}.npy", content)
    return path


def nested(sequences: dict) -> dict:
    """Turn {(9, "Walking"): value} into {"S9": {"Walking": value}}."""
    data: dict = {}
    for (subject, action), value in sequences.items():
        data.setdefault(f"S{subject}", {})[action] = value
    return data


def write_h36m(folder: Path, sequences: dict, style: str = "numpy 2") -> Path:
    """Write data_3d_h36m.npz of {(subject, action): (n, 32, 3)}."""
    return write_npz(folder / "data_3d_h36m.npz", "positions_3d", pickled(nested(sequences), style))


def write_h36m_2d(folder: Path, sequences: dict, source: str = "gt", style: str = "numpy 2") -> Path:
    """Write data_2d_h36m_SOURCE.npz of {(subject, action): four arrays (n, 17, 2)}."""
    return write_npz(folder / f"data_2d_h36m_{source}.npz", "positions_2d", pickled(nested(sequences), style))


def calibration_3dhp(n: int = 14) -> tuple[str, list[np.ndarray], np.ndarray]:
    """Make n cameras around the origin: a calibration's text, 4 x 4 extrinsics (millimetres), intrinsics."""
    text, extrinsics = "Skeletool Camera Calibration File V1.0\n", []
    intrinsic = np.array([[1497.7, 0, 1024.7, 0], [0, 1497.1, 1051.4, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    for i in range(n):
        angle, low = 2 * np.pi * i / n, 0.1 * (i % 3)
        forward = np.array([-np.sin(angle), -low, -np.cos(angle)])
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0, 1, 0]) / np.linalg.norm(np.cross(forward, [0, 1, 0]))
        rotation = np.stack([right, np.cross(forward, right), forward])
        extrinsic = np.eye(4)
        extrinsic[:3, :3] = rotation
        extrinsic[:3, 3] = -rotation @ (-3500 * forward + [0, 1000, 0])
        extrinsics.append(extrinsic)
        numbers = [" ".join(map(repr, map(float, matrix.ravel()))) for matrix in (intrinsic, extrinsic)]
        text += f"name          {i}\n  sensor      10 10\n  size        2048 2048\n  animated    0\n"
        text += f"  intrinsic   {numbers[0]} \n  extrinsic   {numbers[1]} \n  radial      0\n"
    return text, extrinsics, intrinsic


def write_3dhp(folder: Path, sequences: dict, compressed: bool = True, cameras: int = 14) -> None:
    """Write S1/Seq1/annot.mat and camera.calibration of {(subject, "Seq1"): world poses (n, 28, 3), metres, y up}."""
    text, extrinsics, intrinsic = calibration_3dhp(cameras)
    for (subject, name), world in sequences.items():
        place = folder / f"S{subject}" / name
        place.mkdir(parents=True)
        (place / "camera.calibration").write_text(text)
        cells = {key: np.empty((cameras, 1), object) for key in ("annot2", "annot3", "univ_annot3")}
        for i, extrinsic in enumerate(extrinsics):
            points = 1000 * world @ extrinsic[:3, :3].T + extrinsic[:3, 3]
            pixels = points @ intrinsic[:3, :3].T
            cells["annot3"][i, 0] = points.reshape(len(world), 84)
            cells["univ_annot3"][i, 0] = 0.9 * cells["annot3"][i, 0]
            cells["annot2"][i, 0] = (pixels[..., :2] / pixels[..., 2:]).reshape(len(world), 56)
        frames = {"frames": np.arange(len(world))[:, None], "cameras": np.arange(cameras)[None]}
        savemat(place / "annot.mat", {**frames, **cells}, do_compression=compressed)


def world_3dhp(n: int, seed: int = 0) -> np.ndarray:
    """Make world poses (n, 28, 3): metres, +y up."""
    return moving(MPI_28, n, seed) @ np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]).T


def write_frames(folder: Path, h36m_keys=(), mpi_keys=()) -> None:
    """Write pr-vipe-frames: the same (subject, sequence, frame) for every camera, in Pr-VIPE's format."""
    for place in ("h36m", "3dhp"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for i, camera in enumerate(h36m.CAMERAS):
        lines = [f"S{s}:{action}:{camera}:{frame:06d}\n" for s, action, frame in h36m_keys]
        (folder / "h36m" / f"h36m-val-C{i}.txt").write_text("".join(lines))
    for i in range(11):
        lines = [f"S{s}:{name}:V{i}:C{i}:{frame:06d}\n" for s, name, frame in mpi_keys]
        (folder / "3dhp" / f"3dhp-train-C{i}.txt").write_text("".join(lines))


# Damage, the same for the same seed.


def damaged(data: bytes, seed: int) -> bytes:
    """Flip, set, cut out, double, insert, move or cut off bytes, one to eight times."""
    rng, data = random.Random(seed), bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at, n = rng.randrange(len(data) + 1), rng.choice([1, 1, 2, 4, 8, 64])
        kind = rng.randrange(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at : at + n] = rng.choice([b"\xff", b"\x00", b"\x7f", b"\x80"]) * min(n, len(data) - at)
        elif kind == 2:
            del data[at : at + n]
        elif kind == 3:
            data[at:at] = data[at : at + n]
        elif kind == 4:
            data[at:at] = rng.randbytes(n)
        elif kind == 5:
            part = data[at : at + n]
            to = rng.randrange(len(data) + 1)
            data[to : to + len(part)] = part
        elif rng.random() < 0.3:
            del data[at:]
    return bytes(data)


_SOUP = [
    b"(", b")", b"]", b"}", b"t", b"\x85", b"\x86", b"\x87", b"a", b"e", b"s", b"u", b"N", b"\x88", b"K\x02", b"R",
    b"h\x00", b"h\x01", b"q\x00", b"q\x01", b"\x94", b"\x93", b"U\x03abc", b"X\x02\x00\x00\x00f4", b"b",
    b"C\x04\x00\x00\x80?",
    b"cnumpy.core.multiarray\n_reconstruct\n", b"cnumpy\nndarray\n", b"cnumpy\ndtype\n", b"c_codecs\nencode\n",
    b"cos\nsystem\n", b"B\xff\xff\xff\x7f", b"r\xff\xff\xff\xff", b"\x8a\xff", b"J\xff\xff\xff\xff", b"l", b"o", b"i",
    b"\x81", b"2", b"0", b"\x8e" + b"\xff" * 8,
]  # fmt: skip


def soup(seed: int) -> bytes:
    """Make a pickle of random opcodes."""
    rng = random.Random(seed)
    return b"\x80\x02" + b"".join(rng.choices(_SOUP, k=rng.randint(1, 60))) + b"."


class Fuzzed:
    """Makes damaged files, and says how to read each. kinds: {name: function of a seed that gives path and reader}."""

    def __init__(self, folder: Path):
        self.folder = folder
        made = folder / "made"
        three = {(s, a): h36m_32(3, s) for s in (1, 9) for a in ("Walking 1", "Photo")}
        two = {key: [np.zeros((3, 17, 2), np.float32) + i for i in range(4)] for key in three}
        self.pickles = {
            ("data_3d_h36m.npz", "positions_3d"): [pickled(nested(three), s) for s in STYLES],
            ("data_2d_h36m_gt.npz", "positions_2d"): [pickled(nested(two), s) for s in STYLES],
        }
        write_h36m(made, three)
        write_h36m_2d(made, two)
        write_3dhp(made, {(1, "Seq1"): world_3dhp(3)}, cameras=11)
        write_3dhp(made / "plain", {(1, "Seq1"): world_3dhp(2)}, compressed=False, cameras=2)
        write_frames(made, [(9, "Walking 1", i) for i in range(20)], [(1, "Seq2", i) for i in range(20)])
        self.mat = (made / "S1" / "Seq1" / "annot.mat").read_bytes()
        self.plain_mat = (made / "plain" / "S1" / "Seq1" / "annot.mat").read_bytes()
        self.calibration = (made / "S1" / "Seq1" / "camera.calibration").read_bytes()
        self.lists = {
            "h36m": (made / "h36m" / "h36m-val-C0.txt").read_bytes(),
            "mpi_inf_3dhp": (made / "3dhp" / "3dhp-train-C0.txt").read_bytes(),
        }
        self.made = made
        self.kinds = {
            "npz": self.npz, "pickle": self.pickle, "soup": self.soup, "mat": self.matlab,
            "mat, unpacked": self.matlab_inside, "calibration": self.calibrated, "frames": self.frames,
        }  # fmt: skip

    def refused(self, kind: str, examples: int) -> int:
        """Read a number of damaged files of a kind; give how many were refused. Each must keep what held promises."""
        read = []

        @settings(max_examples=examples)
        @given(seed=st.integers(0, 2**32))
        def check(seed):
            read.append(held(kind, *self.kinds[kind](seed)))

        check()
        return read.count(False)

    def _at(self, name: str, data: bytes) -> Path:
        path = self.folder / "h36m" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    def _h36m(self, seed: int):
        """Give the name, key, pickles and reader of one of the two .npz files."""
        (name, key), pickles = list(self.pickles.items())[seed % 2]
        root = self.folder / "h36m"
        return name, key, pickles, (lambda: h36m.keypoints(root, "gt")) if "2d" in name else (lambda: h36m.load(root))

    def npz(self, seed: int):
        name, _, _, read = self._h36m(seed)
        return self._at(name, damaged((self.made / name).read_bytes(), seed)), read

    def pickle(self, seed: int):
        name, key, pickles, read = self._h36m(seed)
        return write_npz(self.folder / "h36m" / name, key, damaged(pickles[seed % 3], seed)), read

    def soup(self, seed: int):
        name, key, _, read = self._h36m(seed)
        return write_npz(self.folder / "h36m" / name, key, soup(seed)), read

    def matlab(self, seed: int):
        path = self._at("annot.mat", damaged(self.mat if seed % 2 else self.plain_mat, seed))
        return path, lambda: mpi_inf_3dhp.read_annotations(path.parent, "annot3", range(2))

    def matlab_inside(self, seed: int):
        """Damage the variable's content and pack it again: the checksum then fits."""
        at = 128
        data = bytearray(self.mat[:at])
        while at < len(self.mat):
            kind, n = struct.unpack("<II", self.mat[at : at + 8])
            content = zlib.decompress(self.mat[at + 8 : at + 8 + n])
            packed = zlib.compress(damaged(content, seed) if b"annot3" in content[:80] else content)
            data += struct.pack("<II", kind, len(packed)) + packed
            at += 8 + n
        path = self._at("annot.mat", bytes(data))
        return path, lambda: mpi_inf_3dhp.read_annotations(path.parent, "annot3")

    def calibrated(self, seed: int):
        path = self._at("camera.calibration", damaged(self.calibration, seed))
        return path, lambda: mpi_inf_3dhp.read_calibration(path)

    def frames(self, seed: int):
        name = list(self.lists)[seed % 2]
        path = self._at("frames.txt", damaged(self.lists[name], seed))
        return path, lambda: frame_keys.read_frames(path, name)


STYLES = ("numpy 2", "numpy 1", "python 2")
SECONDS, MEMORY, TIMES = 5.0, 50e6, 10


def held(kind: str, path: Path, read) -> bool:
    """Read a damaged file: True where it was read, False where it was refused as promised. Anything else is an error.

    Promised: a ValueError or FileNotFoundError that names the file, within 5 s and 50 MB plus 10 times the file's size.
    """
    size, start, refusal = path.stat().st_size, time.process_time(), None
    tracemalloc.start()
    try:
        read()
    except (ValueError, FileNotFoundError) as error:
        refusal = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert refusal is None or path.name in refusal, f"{kind}: {refusal} does not name {path.name}"
    assert time.process_time() - start < SECONDS, f"{kind}: took {time.process_time() - start:.1f} s"
    assert peak < MEMORY + TIMES * size, f"{kind}: {peak / 1e6:.0f} MB for a file of {size} bytes"
    return refusal is None
