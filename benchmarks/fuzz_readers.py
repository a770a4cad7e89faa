"""Read damaged, foreign and hostile files with read_detections: each gives rows or an error that names the file.

    python benchmarks/fuzz_readers.py                          # 10,000 inputs, then files of 20 MB
    python benchmarks/fuzz_readers.py 1000 --seed 1 --small    # without the files of 20 MB

An input is a valid file of some format whose bytes are changed, cut, doubled or moved or whose values are replaced by
odd ones, or random JSON of the words that the formats use. Each must give well-formed rows or a ValueError that names
the file, in less than 5 s of processor time and 50 MB + 10 times the file's size. No file may be made, and no code in
the file may run.
"""

import argparse
import io
import json
import pickle
import platform
import random
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
import zipfile
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from vvipe_explore.datasets import read_detections

SECONDS, MEGABYTES, TIMES = 5.0, 50, 10
ODD = (
    None, True, False, "", "x", "12", "\ud800", [], {}, [[]], [1], {"a": 1}, -1, 0, 1e300, -1e300, 10**30, 10**400,
    float("nan"), float("inf"), -float("inf"), 1e-300, 10**12, 2**63, -(2**63), 0.5, "0001.jpg", "a" * 2000,
)  # fmt: skip
RAW = (
    b"NaN", b"1e400", b"-", b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"1" * 5000, b"\xff", b"\x00", b"\xef\xbb\xbf",
    b"\\u12", b'"', b",", b"]", b"}", b"[[],", b"1e5,", b"  " * 2000, b"\xff\xfe[\x00", b"null", b"-Infinity",
)  # fmt: skip
WORDS = (
    "image_id", "keypoints", "people", "bodies", "joints", "pose_keypoints_2d", "pose_keypoints", "annotations",
    "images", "categories", "id", "file_name", "iscrowd", "num_keypoints", "score", "idx", "box", "person_id",
    "category_id", "version", "info", "1.jpg", "track_id",
)  # fmt: skip


class Trap:
    """An object that makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def flat(rng: random.Random, joints: int) -> list[float]:
    return [rng.choice((rng.random(), rng.uniform(0, 1000), 0, 1, 500.25)) for _ in range(3 * joints)]


def entries(rng, joints=17, count=6):
    made = []
    for i in range(count):
        entry = {"image_id": rng.choice((f"{i // 2}.jpg", i // 2)), "category_id": 1, "keypoints": flat(rng, joints)}
        extra = {"score": rng.random() * 3, "box": flat(rng, 2)[:4], "idx": rng.choice((i, [i], [[i], 2], 1.0))}
        made.append(entry | {key: value for key, value in extra.items() if rng.random() < 0.8})
    return made


def ground_truth(rng):
    names = [f"joint_{i}" for i in range(17)]
    return {
        "info": {}, "licenses": [], "images": [{"id": i, "file_name": f"{i:04d}.jpg"} for i in range(4)],
        "annotations": [{"image_id": i % 4, "keypoints": flat(rng, 17), "iscrowd": i == 5} for i in range(6)],
        "categories": [{"id": 1, "keypoints": names}],
    }  # fmt: skip


def openpose(rng, joints=25):
    people = [{"person_id": [-1], "pose_keypoints_2d": flat(rng, rng.choice((joints, joints, 0)))} for _ in range(3)]
    return {"version": 1.3, "people": people}


def by_picture(rng):
    key, points = rng.choice((("bodies", "joints"), ("people", "pose_keypoints_2d")))
    return {f"{i}.jpg": {"version": "AlphaPose v0.3", key: [{points: flat(rng, 18)}] * i} for i in range(3)}


JSONS = {
    "alphapose_17": entries, "alphapose_26": lambda rng: entries(rng, 26), "coco": ground_truth, "openpose": openpose,
    "alphapose_136": lambda rng: entries(rng, 136, 2), "coco_18": lambda rng: openpose(rng, 18), "pictures": by_picture,
}  # fmt: skip


def zipped(rng, trap: Path) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", rng.choice((zipfile.ZIP_DEFLATED, 0))) as archive:
        warnings.simplefilter("ignore")
        for i in range(3):
            name = rng.choice((f"{i}.json", f"a/{i}.json", f"../{i}.json", f"{trap}.json", "0.json"))
            archive.writestr(name, changed(rng, openpose(rng)) if rng.random() < 0.3 else json.dumps(openpose(rng)))
    return file.getvalue()


def arrays(rng, trap: Path) -> bytes:
    file, n = io.BytesIO(), rng.randrange(4)
    parts = {"keypoints": np.ones((n, 13, 2)), "confidence": np.ones((n, 13), np.float32), "frame": np.arange(n)}
    odd = (np.array([Trap(trap)], object), np.ones(3), np.array("x"), np.full((n, 13, 2), np.nan), np.arange(n) - 1)
    if rng.random() < 0.5:
        parts[rng.choice((*parts, "joint_names", "person"))] = rng.choice(odd)
    rng.choice((np.savez, np.savez_compressed))(file, **parts)
    return file.getvalue()


def replaced(rng, value):
    """Replace or remove some part of a JSON value."""
    if isinstance(value, (list, dict)) and value and rng.random() < 0.9:
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        value = value.copy()
        if rng.random() < 0.15:
            del value[key]
        else:
            value[key] = replaced(rng, value[key])
        return value
    return rng.choice(ODD)


def changed(rng, value) -> str:
    for _ in range(rng.randrange(1, 4)):
        value = replaced(rng, value)
    return json.dumps(value)


def damaged(rng, data: bytes) -> bytes:
    """Cut, repeat, insert or overwrite bytes, one to four times."""
    for _ in range(rng.randrange(1, 5)):
        a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        near = min(b, a + rng.randrange(1, 40))
        head, tail = data[:a], data[a:]
        data = rng.choice((
            head, head + data[near:], data[:b] + tail, head + rng.choice(RAW) + tail,
            head + rng.randbytes(3) + tail[3:],
        ))  # fmt: skip
    return data


def random_json(rng, depth=0):
    """Make a random JSON value of the words that the formats use."""
    kind = rng.random()
    if depth > 4 or kind < 0.2:
        return rng.choice((*ODD, flat(rng, rng.choice((0, 1, 13, 17, 18, 25, 26)))))
    if kind < 0.5:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(WORDS): random_json(rng, depth + 1) for _ in range(rng.randrange(6))}


def make(rng: random.Random, trap: Path) -> tuple[str, bytes]:
    """Make one input: its kind and its bytes."""
    kind = rng.choice((*JSONS, "zip", "npz", "random", "pickle"))
    if kind == "pickle":
        return kind, pickle.dumps([Trap(trap)])
    if kind == "random":
        return kind, json.dumps(random_json(rng)).encode("utf-8", "surrogatepass")
    if kind in ("zip", "npz"):
        data = zipped(rng, trap) if kind == "zip" else arrays(rng, trap)
        return kind, data if rng.random() < 0.5 else damaged(rng, data)
    valid = JSONS[kind](rng)
    if rng.random() < 0.1:
        return kind, json.dumps(valid).encode(rng.choice(("utf-8", "utf-8-sig", "utf-16", "utf-32")))
    if rng.random() < 0.5:
        return kind, changed(rng, valid).encode()
    return kind, damaged(rng, json.dumps(valid).encode())


def check(d) -> None:
    """Assert that rows are well-formed."""
    n, joints = d.confidence.shape
    assert d.keypoints.shape == (n, joints, 2)
    assert d.keypoints.dtype == d.confidence.dtype == np.float32
    assert len(d.joint_names) == len(set(d.joint_names)) == joints
    assert len(d.frame) == len(d.person) == len(d.score) == len(d.image) == n
    assert np.isfinite(d.keypoints).all()
    assert ((d.confidence >= 0) & (d.confidence <= 1)).all()
    assert (d.confidence > 0).any(axis=1).all()
    assert (np.diff(d.frame) >= 0).all()
    assert n == 0 or 0 <= d.frame[0] <= d.frame[-1] < d.n_frames
    one = d.followed()
    assert (np.diff(one.frame) > 0).all()


def attempt(path: Path, seconds: float = SECONDS, trace: bool = True) -> str:
    """Read path and give "rows" or "error". Raises AssertionError if a promise is broken."""
    size = path.stat().st_size
    if trace:
        tracemalloc.start()
    start, text = time.process_time(), None   # not wall time: the machine may be busy
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", RuntimeWarning)
            check(read_detections(path, progress=False))
    except ValueError as error:
        text = str(error)
    taken, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < seconds, f"{taken:.1f} s"
    assert peak < MEGABYTES * 2**20 + TIMES * size, f"{peak >> 20} MB for {size:,} bytes"
    assert text is None or (path.name in text and len(text) < 2000), text
    return "rows" if text is None else "error"


def run(inputs: int, seed: int, folder: Path, show=lambda i: None) -> Counter:
    """Read inputs and count rows and errors by kind. An input that breaks a promise is kept, and the error names it."""
    counts: Counter = Counter()
    trap = folder / "trap"
    for i in range(inputs):
        kind, data = make(random.Random(f"{seed} {i}"), trap)
        path = folder / f"input_{seed}_{i}.bin"
        path.write_bytes(data)
        try:
            counts[kind, attempt(path)] += 1
            assert not trap.exists(), "the file's code was run"
            assert list(folder.iterdir()) == [path], "a file was made"
        except BaseException as error:
            kept = Path(tempfile.gettempdir()) / path.name
            kept.write_bytes(data)
            error.add_note(f"{kind}; the file is kept as {kept}")
            raise
        path.unlink()
        show(i)
    return counts


def repeated(head: str, each: str, tail: str, megabytes: int = 20) -> bytes:
    """Make JSON of many parts. Each may hold {i}, the part's number, and {w}, that number in letters."""
    parts, size, i = [head], 0, 0
    while size < megabytes * 1e6:
        word = "".join(chr(97 + int(c)) for c in str(i))
        parts.append(each.replace("{i}", str(i)).replace("{w}", word))
        size, i = size + len(parts[-1]), i + 1
    parts.append(tail)
    return "".join(parts).encode()


def bomb(member: str, content: bytes, times: int = 1) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(times):
            archive.writestr(member.format(i=i), content)
    return file.getvalue()


def large_files() -> dict:
    """Give files by name; each would take much memory in a different place of a careless reader."""
    entry = '{"image_id":"{w}","keypoints":[' + ",".join(["1"] * 51) + "]}"
    zeros = io.BytesIO()
    np.save(zeros, np.zeros((10**5, 13, 2)))
    header = zeros.getvalue()[:128].replace(b"(100000,", b"(10**13,")
    made = {
        "empty lists in an entry": ('[{"image_id":1,"keypoints":[', "[],", "[]]}]"),
        "entries that are empty lists": ("[", "[],", "1]"),
        "empty lists where nobody looks": ('{"people":[],"more":[', "[],", "1]}"),
        "an unfinished text": ('[{"image_id":"', "a" * 40, ""),
        "spaces": ("[", " " * 1000, "]"),
        "digits": ("[", "1" * 1000, "]"),
        "open brackets": ("", "[" * 1000, ""),
        "small people": ("[", entry.replace("{w}", "{i}") + ",", entry + "]"),
        "people in pictures of any name": ("[", entry + ",", entry + "]"),
        "pictures of any name": ("{", '"{w}":{"people":[]},', '"":{}}'),
        "images of any name": ('{"annotations":[],"images":[', '{"id":"{w}"},', '{"id":1}]}'),
        "images by number": ('{"annotations":[],"images":[', '{"id":{i}},', '{"id":1}]}'),
        "members": ("{", '"{w}":1,', '"people":[]}'),
        "one joint": ('{"annotations":[', '{"image_id":{i},"keypoints":[1,1,1]},', '{"image_id":1}]}'),
    }
    bombs = {
        "a zip that unfolds": ("{i}.json", b'{"people": []' + b" " * 10**8 + b"}"),
        "a zip of many that unfold": ("{i}.json", b'{"people":[]}' + b" " * 10**5, 1000),
        "a zip of many members": ("{i}.json", b'{"people":[]}', 10**5),
        "an npz that unfolds": ("keypoints.npy", zeros.getvalue()),
        "an npz that announces much": ("keypoints.npy", header),
    }
    return {k: partial(repeated, *v) for k, v in made.items()} | {k: partial(bomb, *v) for k, v in bombs.items()}


def status(key: str) -> int:
    """Give this process's memory in bytes: VmRSS is the present, VmHWM the largest."""
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(key))


def one(path: Path) -> None:
    """Read one file in this process and print a table row; the reader's import is not counted."""
    before, start = status("VmRSS"), time.process_time()
    outcome = attempt(path, seconds=60, trace=False)
    grown = status("VmHWM") - before
    fine = grown < MEGABYTES * 2**20 + TIMES * path.stat().st_size
    print(f"{outcome} | {time.process_time() - start:.1f} | {grown / 1e6:.0f}{'' if fine else ' (TOO MUCH)'} |")


def run_large(folder: Path) -> None:
    """Read each large file in a process of its own."""
    code = "import fuzz_readers, pathlib, sys; fuzz_readers.one(pathlib.Path(sys.argv[1]))"
    print("\n| file | MB | outcome | seconds | MB taken |\n|---|---|---|---|---|")
    for i, (what, data) in enumerate(large_files().items()):
        path = folder / f"large_{i}.bin"
        path.write_bytes(data())
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=Path(__file__).parent
        )
        result = done.stdout.strip() or f"BROKEN: {done.stderr[-300:]}"
        print(f"| {what} | {path.stat().st_size / 1e6:.1f} | {result}", flush=True)
        path.unlink()


def main() -> None:
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", type=int, nargs="?", default=10_000, help="number of damaged files to read")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random damage")
    parser.add_argument("--small", action="store_true", help="leave out the files of 20 MB, which take a minute or two")
    options = parser.parse_args()
    inputs, seed = options.inputs, options.seed
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, tqdm(total=inputs, unit="file") as bar:
        counts = run(inputs, seed, Path(name), lambda i: bar.update())
    print(f"{platform.node()}, Python {platform.python_version()}: {inputs:,} inputs of seed {seed} in "
          f"{time.perf_counter() - start:.0f} s, none broke a promise\n")  # fmt: skip
    print("| kind | rows | errors |\n|---|---|---|")
    for kind in sorted({kind for kind, _ in counts}):
        print(f"| {kind} | {counts[kind, 'rows']} | {counts[kind, 'error']} |")
    if not options.small:
        with tempfile.TemporaryDirectory() as name:
            run_large(Path(name))


if __name__ == "__main__":
    main()
