"""Small motion files of every format that is read, with the same three points or a body in them, and damage to them."""

import inspect
import json
import random
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from made_datasets import damaged, moving, soup

from vvipe_explore.datasets import read_motion
from vvipe_explore.datasets.motion_files import read_raw
from vvipe_explore.skeleton import PAPER_13

INTEL, DEC, MIPS = 84, 85, 86
NAMES = ("Hips", "LeftLeg", "LeftFoot")


def places(n: int = 3) -> np.ndarray:
    """Make (n, 3, 3): three points that move, with places that 16-bit integers times 0.5 can hold."""
    frame = np.arange(n)[:, None, None]
    return np.array([[[0.5, 900, 10], [100, 850, 20], [110, 400, 15]]]) + frame * np.array([5, -1.5, 2])


class C3D:
    """Writes C3D: scale below 0 gives floats, above 0 integers; parameters are added to, or replace, the usual ones."""

    def __init__(self, processor: int = INTEL, scale: float = -1.0):
        self.processor, self.scale = processor, scale
        self.order = ">" if processor == MIPS else "<"

    def floats(self, values) -> bytes:
        """Write 32-bit floats as the processor has them."""
        values = np.asarray(values, np.float32).ravel()
        if self.processor != DEC:
            return values.astype(f"{self.order}f4").tobytes()
        return (values * 4).astype("<f4").view("<u2").reshape(-1, 2)[:, ::-1].tobytes()

    def words(self, *values) -> bytes:
        """Write 16-bit words."""
        return np.array(values).astype(f"{self.order}i8").astype(np.int64).astype(f"{self.order}i2").tobytes()

    def parameter(self, group: int, name: str, value) -> bytes:
        """Write one parameter: texts, integers or floats."""
        if isinstance(value, str | list):
            texts = [value] if isinstance(value, str) else value
            length = max(map(len, texts), default=0)
            sizes = [length] if isinstance(value, str) else [length, len(texts)]
            width, content = 255, "".join(text.ljust(length) for text in texts).encode("latin-1")
        elif isinstance(value, int):
            width, sizes, content = 2, [], self.words(value)
        elif isinstance(value, tuple):
            width, sizes, content = 2, [len(value)], self.words(*value)
        else:
            width, sizes, content = 4, [], self.floats([value])
        body = bytes([width & 255, len(sizes), *sizes]) + content + b"\0"
        return bytes([len(name), group]) + name.encode() + self.words(2 + len(body)) + body

    def group(self, number: int, name: str) -> bytes:
        """Write the head of a group."""
        return bytes([len(name), 256 - number]) + name.encode() + self.words(3) + b"\0"

    def file(self, positions, names=NAMES, lost=(), analog: int = 0, header_frames=None, **parameters) -> bytes:
        """Write positions (n, k, 3). lost: (frame, point) pairs not seen. GROUP__NAME=value adds a parameter."""
        n, k = positions.shape[:2]
        usual = {
            "POINT__USED": k, "POINT__FRAMES": min(n, 32767), "POINT__SCALE": float(self.scale), "POINT__RATE": 100.0,
            "POINT__UNITS": "mm", "POINT__LABELS": list(names),
        }  # fmt: skip
        both = {key: value for key, value in (usual | parameters).items() if value is not None}
        numbers = {name: i + 1 for i, name in enumerate(dict.fromkeys(key.split("__")[0] for key in both))}
        entries = b"".join(self.group(number, name) for name, number in numbers.items())
        for key, value in both.items():
            entries += self.parameter(numbers[key.split("__")[0]], key.split("__")[1], value)
        blocks = -(-(len(entries) + 6) // 512)
        entries = bytes([1, 80, blocks, self.processor]) + entries
        last = n if header_frames is None else header_frames
        head = bytes([2, 80]) + self.words(k, analog, 1, last, 10) + self.floats([self.scale])
        head += self.words(2 + blocks, 1) + self.floats([100.0])
        data = self.frames(np.asarray(positions, float), set(lost), analog)
        return b"".join(part.ljust(-(-len(part) // 512) * 512, b"\0") for part in (head, entries, data))

    def frames(self, positions: np.ndarray, lost: set, analog: int) -> bytes:
        """Write the frames' records."""
        written = b""
        for i, frame in enumerate(positions):
            for j, place in enumerate(frame):
                word, place = (-1, (0, 0, 0)) if (i, j) in lost else (0, place)
                if self.scale < 0:
                    written += self.floats([*place, word])
                else:
                    written += self.words(*np.round(np.array(place) / self.scale).astype(int), word)
            written += self.floats([7] * analog) if self.scale < 0 else self.words(*[7] * analog)
        return written


ROWS = ("0 900 0 0 0 0 0 0 0 0 0 0", "5 890 0 0 9 0 0 45 0 0 30 0", "9 880 0 5 0 0 0 0 60 9 0 0")


def bvh(names=NAMES, rows=ROWS) -> str:
    """Write a chain of three joints."""
    text, tail = "HIERARCHY\n", ""
    for i, name in enumerate(names):
        text += f"{'JOINT' if i else 'ROOT'} {name}\n{{\nOFFSET {10 * i} {-40 * i} 0\nCHANNELS {3 if i else 6} "
        text += ("" if i else "Xposition Yposition Zposition ") + "Zrotation Xrotation Yrotation\n"
        tail += "}\n"
    text += "End Site\n{\nOFFSET 0 -5 10\n}\n" + tail
    return text + f"MOTION\nFrames: {len(rows)}\nFrame Time: 0.033333\n" + "\n".join(rows) + "\n"


def six_channels() -> str:
    """Write a chain whose joints all have positions, with decimal commas and frames of two lines."""
    text = bvh(rows=["0 900 0 0 0 0\n10 -40 0 0 0 0 20 -80 0,5 0 30 0"] * 4)
    return text.replace("CHANNELS 3", "CHANNELS 6 Xposition Yposition Zposition")


def trc(positions=None, names=NAMES, unit="mm", rate=100) -> str:
    """Write a TRC file as OpenSim has it."""
    positions = places() if positions is None else positions
    n, k = positions.shape[:2]
    text = "PathFileType\t4\t(X/Y/Z)\twalk.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
    text += f"OrigDataStartFrame\tOrigNumFrames\n{rate}\t{rate}\t{n}\t{k}\t{unit}\t{rate}\t1\t{n}\n"
    text += "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\n"
    text += "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(k) for axis in "XYZ") + "\n\n"
    for i, frame in enumerate(positions):
        cells = ["" if np.isnan(x) else f"{x:g}" for x in frame.ravel()]
        text += "\t".join([str(i + 1), f"{i / 100:.3f}", *cells]) + "\n"
    return text


def csv(positions=None, names=NAMES, style="{}_{}", separator=",", first="frame") -> str:
    """Write a table with a row a frame; style makes a column's name of a point's and an axis."""
    positions = places() if positions is None else positions
    header = [first, *(style.format(name, axis) for name in names for axis in "xyz")]
    rows = [[str(i), *(f"{x:g}" for x in frame.ravel())] for i, frame in enumerate(positions)]
    return "\n".join(separator.join(row) for row in [header, *rows]) + "\n"


def motive(positions=None, names=NAMES, kind="Bone", space="Global", labelled=True, unit="Millimeters") -> str:
    """Write Motive's export: a rotation and a position of each point."""
    positions = places() if positions is None else positions
    k = len(names)
    head = [["Type"], ["Name"], ["ID"], ["Parent"]] if labelled else [[""], [""], [""], [""]]
    for row, values in zip(head, ([kind] * k, [f"Ann:{name}" for name in names], range(k), names), strict=True):
        row += [str(value) for value in values for _ in range(7)]
    text = f"Format Version,1.25,Take Name,Take 1,Capture Frame Rate,240.0,Export Frame Rate,120.0,Length Units,{unit},"
    text += f"Coordinate Space,{space}\n\n" + "".join("," + ",".join(row) + "\n" for row in head)
    text += ",," + ",".join((["Rotation"] * 4 + ["Position"] * 3) * k) + "\nFrame,Time (Seconds)" + ",X,Y,Z,W,X,Y,Z" * k
    for i, frame in enumerate(positions):
        cells = ["" if np.isnan(x) else f"{x:g}" for place in frame for x in [0.5, 0.5, 0.5, 0.5, *place]]
        text += f"\n{i},{i / 120:.6f}," + ",".join(cells)
    return text + "\n"


ASF = """:version 1.10
:units
  length 0.45
  angle deg
:root
  order TX TY TZ RX RY RZ
  axis XYZ
  position 0 0 0
  orientation 0 0 0
:bonedata
  begin
    name lfemur
    direction 0 -1 0
    length 8
    axis 0 0 20 XYZ
    dof rx ry rz
  end
  begin
    name ltibia
    direction 0 -1 0
    length 6
    axis 0 0 20 XYZ
    dof rx
  end
:hierarchy
  begin
    root lfemur
    lfemur ltibia
  end
"""
AMC = ":FULLY-SPECIFIED\n:DEGREES\n"
AMC += "".join(f"{i}\nroot {i} 15 0 0 0 0\nlfemur {i} 0 9\nltibia 30\n" for i in (1, 2, 3))


ABOVE = {"nose": "hips"}
"""The joint above each one of PAPER_13."""
for _side in ("left", "right"):
    ABOVE |= {f"{_side}_shoulder": "hips", f"{_side}_elbow": f"{_side}_shoulder", f"{_side}_wrist": f"{_side}_elbow"}
    ABOVE |= {f"{_side}_hip": "hips", f"{_side}_knee": f"{_side}_hip", f"{_side}_ankle": f"{_side}_knee"}


def body_bvh(positions) -> str:
    """Write the joints of PAPER_13, (n, 13, 3), as a BVH whose limbs hang together and whose joints have positions."""
    at = {joint: positions[:, i] for i, joint in enumerate(PAPER_13)} | {"hips": positions[:, 7:9].mean(1)}
    columns = [at["hips"]]

    def node(joint: str) -> str:
        below = [child for child, parent in ABOVE.items() if parent == joint]
        text = f"{'ROOT' if joint == 'hips' else 'JOINT'} {joint}\n{{\nOFFSET 0 0 0\n"
        text += "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n"
        for child in below:
            columns.extend([np.zeros_like(at["hips"]), at[child] - at[joint]])
            text += node(child)
        return text + ("}\n" if below else "End Site\n{\nOFFSET 0 1 0\n}\n}\n")

    hierarchy = node("hips")
    rows = np.concatenate([*columns, np.zeros_like(at["hips"])], axis=1)
    return f"HIERARCHY\n{hierarchy}MOTION\nFrames: {len(rows)}\nFrame Time: 0.01\n" + "\n".join(
        " ".join(f"{x:g}" for x in row) for row in rows
    )


def npz(folder: Path, **arrays) -> bytes:
    """Write arrays as numpy's savez does; give the bytes."""
    usual = {"positions": places().astype(np.float32), "joint_names": np.array(NAMES), "fps": 100.0}
    path = folder / "made.npz"
    np.savez(path, **{key: value for key, value in (usual | arrays).items() if value is not None})
    return path.read_bytes()


_WORDS = (
    b"HIERARCHY", b"ROOT a", b"JOINT b c", b"{", b"}", b"OFFSET 0 1 0", b"CHANNELS 3 Xrotation Yrotation Zrotation",
    b"CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation", b"End Site", b"MOTION", b"Frames: 2",
    b"Frame Time: 0.1", b"0 0 0 0 0 0", b"1 2 3", b"nan", b"1e400", b"-1.#IND", b"Frame#\tTime\tA\t\t\tB",
    b"1\t2\t3\t4", b"DataRate\tUnits", b"PathFileType\t4", b"a_x,a_y,a_z", b"1,2,3", b"Format Version,1.2",
    b"Frame,Time (Seconds),X,Y,Z", b",Name,a,a,a", b",,Position,Position,Position", b"frame,name,x,y,z", b"1,a,1,2,3",
    b":DEGREES", b"1", b"root 0 0 0 0 0 0", b"\xff\xfe", b"\xef\xbb\xbf", b",,,,", b'"', b"9" * 400, b"\0" * 30,
)  # fmt: skip


_ARGUMENTS: dict[str, tuple[list, list]] = {
    "unit": ([None, None, "mm", " Feet ", 0.01, 1e300, 5e-324], [-1, float("nan"), "parsec", True, [1]]),
    "up": ([None, None, "y", "+Z", "-x"], ["w", 3]),
    "fps": ([None, 30, 59.94, 1e-9, 1e12], [0, float("inf"), "30"]),
    "rate": ([None, 30, 0.1, 1e-9, 1e12], [-1, float("nan"), "30"]),
    "errors": (["raise", "skip"], ["ignore"]),
}
"""Values of read_motion's arguments that can be, and that cannot."""


def any_map(folder: Path, rng: random.Random):
    """Make a joint map or the file of one: none, a good one, or one with a fault."""
    joints: dict = {joint: joint for joint in PAPER_13}
    if rng.random() < 0.05:
        return rng.choice([{}, [], 7, folder / "no_map.json"])
    if rng.random() < 0.5:
        return None
    if rng.random() < 0.3:
        wrong = [None, "", 3, [], ["nose", "hips"], "no such joint", rng.choice(PAPER_13)]
        joints[rng.choice(PAPER_13)] = rng.choice(wrong)
    if rng.random() < 0.1:
        joints[rng.choice(["pelvis", "left_kne", "neck"])] = joints.pop(rng.choice(PAPER_13))
    if rng.random() < 0.5:
        return joints
    path = folder / "map.json"
    data = json.dumps(joints).encode()
    path.write_bytes(damaged(data, rng.randrange(2**32)) if rng.random() < 0.3 else data)
    return rng.choice([path, str(path)])


class FuzzedMotion:
    """Makes damaged motion files and says how to read each. kinds: {name: a seed gives path and reader}."""

    def __init__(self, folder: Path):
        self.folder = folder
        made = folder / "made"
        made.mkdir(exist_ok=True)
        self.good = {
            "bvh": [bvh().encode(), bvh().encode("utf-16"), (bvh() + bvh()).encode(), six_channels().encode()],
            "c3d": [C3D(p, s).file(places(), lost=[(1, 2)]) for p in (INTEL, DEC, MIPS) for s in (-1.0, 0.5)],
            "trc": [trc().encode()],
            "csv": [csv().encode(), motive().encode(), csv(separator=";").replace(".", ",").encode(), long_csv()],
            "npz": [npz(made), npz(made, joint_names=np.array(NAMES, object))],
            "amc": [AMC.encode()],
        }
        self.kinds: dict[str, Callable] = {name: self._damage(name) for name in self.good}
        self.kinds |= {"asf": self.skeleton, "npz, unpacked": self.npz_inside, "c3d, its head": self.head}
        self.kinds |= {"words": self.words, "the door": self.door}
        body = moving(PAPER_13, 4) * [100, 100, 100]
        self.bodies = {
            "bvh": body_bvh(body).encode(), "trc": trc(body * 10, PAPER_13).encode(),
            "csv": csv(body, PAPER_13).encode(), "c3d": C3D().file(body * 10, PAPER_13),
            "npz": npz(made, positions=body, joint_names=np.array(PAPER_13)),
        }  # fmt: skip

    def _at(self, name: str, data: bytes):
        path = self.folder / name
        path.write_bytes(data)
        return path, lambda: read_raw(path)

    def _damage(self, name: str):
        def make(seed: int):
            if name == "amc":
                (self.folder / "walk.asf").write_text(ASF)
            return self._at(f"walk.{name}", damaged(self.good[name][seed % len(self.good[name])], seed))

        return make

    def skeleton(self, seed: int):
        """Damage the skeleton beside a good motion; the message may name either file."""
        (self.folder / "walk.amc").write_text(AMC)
        path = self.folder / "walk.asf"
        path.write_bytes(damaged(ASF.encode(), seed))
        (self.folder / "walk").touch()
        return self.folder / "walk", lambda: read_raw(self.folder / "walk.amc")

    def npz_inside(self, seed: int):
        """Damage a member and pack it again: the checksum then fits."""
        path, rng = self.folder / "walk.npz", random.Random(seed)
        with tempfile.TemporaryFile() as file:
            file.write(self.good["npz"][seed % 2])
            with zipfile.ZipFile(file) as archive:
                members = {name: archive.read(name) for name in archive.namelist()}
        name = rng.choice(sorted(members))
        members[name] = members[name][:128] + soup(seed) if rng.random() < 0.2 else damaged(members[name], seed)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path, lambda: read_raw(path)

    def words(self, seed: int):
        """Make a text of the words that the formats use."""
        rng = random.Random(seed)
        first = rng.choice([b"HIERARCHY\n", b"PathFileType\n", b"Format Version,1\n", b":DEGREES\n", b""])
        marks = [b"\n"] * 5 + [b" ", b",", b"\t"]
        text = b"".join(rng.choice(_WORDS) + rng.choice(marks) for _ in range(rng.randint(1, 60)))
        (self.folder / "words").mkdir(exist_ok=True)
        return self._at("words/words.txt", first + text)

    def door(self, seed: int):
        """Read a body, damaged or whole, or the folder that it lies in with others, with any arguments."""
        rng = random.Random(seed)
        folder = self.folder / "door"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        kind = rng.choice(sorted(self.bodies))
        path = folder / f"walk.{kind}"
        path.write_bytes(damaged(self.bodies[kind], seed) if rng.random() < 0.7 else self.bodies[kind])
        if several := rng.random() < 0.4:
            (folder / "walk_on.bvh").write_bytes(self.bodies["bvh"])
        joints = any_map(self.folder, rng)
        unchecked = inspect.unwrap(read_motion)   # the tests' check of types would refuse first
        wishes = {name: rng.choice(values[rng.random() < 0.05]) for name, values in _ARGUMENTS.items()}

        def read():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)
                    motion = unchecked(folder if several else path, joints, **wishes)
            except (ValueError, FileNotFoundError) as error:
                if any(f"{argument}=" in str(error) for argument in ("joints", *wishes)) or "map.json" in str(error):
                    raise type(error)(f"{path}: {error}") from None   # it names the argument
                raise
            assert np.isfinite(motion.poses).all()

        return path, read

    def head(self, seed: int):
        """Change numbers in a C3D header and its parameters only."""
        rng = random.Random(seed)
        data = bytearray(self.good["c3d"][seed % 6])
        for _ in range(rng.randint(1, 6)):
            at = rng.choice([rng.randrange(24), 512 + rng.randrange(300)])
            value = rng.choice([0, 1, 255, 0x7FFF, 0x8000, 0xFFFF, rng.randrange(65536)])
            data[at : at + 2] = struct.pack("<H", value)
        return self._at("walk.c3d", bytes(data))


def long_csv() -> bytes:
    """Write a table with a row a point in a frame."""
    rows = ["frame,name,x,y,z"]
    for i, frame in enumerate(places()):
        rows += [f"{i},{name},{x},{y},{z}" for name, (x, y, z) in zip(NAMES, frame, strict=True)]
    return "\n".join(rows).encode()
