"""Read damaged, foreign and hostile files with read_detections: each gives rows or an error that names the file.

    python benchmarks/fuzz_readers.py                          # 10,000 inputs of each kind, then files of 20 MB
    python benchmarks/fuzz_readers.py 1000 --seed 1 --small    # without the files of 20 MB
    python benchmarks/fuzz_readers.py --kinds wide long trc    # of some kinds

An input is a valid file of some format (made_detections.py makes them) whose bytes are changed, cut, doubled or moved
or whose values are replaced by odd ones, or random JSON of the words that the formats use. Each must give well-formed
rows or a ValueError that names the file, in less than 5 s of processor time and 50 MB + 10 times the file's size. No
file may be made, and no code in the file may run.
"""

import argparse
import io
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
from vvipe_explore.skeleton import PAPER_13  # and torch, whose import should not be measured

sys.path.insert(0, str(Path(__file__).parent))

from made_detections import KINDS

SECONDS, MEGABYTES, TIMES = 5.0, 50, 10
TRACED = 5
"""Of so many inputs the memory of one is measured: that takes most of the time."""


def check(d) -> None:
    """Assert that rows are well-formed."""
    n, joints = d.confidence.shape
    assert d.keypoints.shape == (n, joints, 2)
    assert d.keypoints.dtype == d.confidence.dtype == np.float32
    assert len(d.joint_names) == len(set(d.joint_names)) == joints
    assert not set(d.joint_names) >= set(PAPER_13) or d.to_paper_13()[1].shape == (n, 13)
    assert len(d.frame) == len(d.person) == len(d.score) == len(d.image) == n
    assert np.isfinite(d.keypoints).all()
    assert ((d.confidence >= 0) & (d.confidence <= 1)).all()
    assert (d.confidence > 0).any(axis=1).all()
    assert (np.diff(d.frame) >= 0).all()
    assert n == 0 or 0 <= d.frame[0] <= d.frame[-1] < d.n_frames
    one = d.followed()
    assert (np.diff(one.frame) > 0).all()


def attempt(path: Path, size=None, seconds: float = SECONDS, trace: bool = True) -> str:
    """Read path, of pictures of that size, and give "rows" or "error". Raises AssertionError if a promise is broken."""
    nbytes = path.stat().st_size
    if trace:
        tracemalloc.start()
    start, text = time.process_time(), None   # not wall time: the machine may be busy
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", RuntimeWarning)
            check(read_detections(path, size=size, progress=False))
    except ValueError as error:
        text = str(error)
    taken, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1] if trace else 0
    tracemalloc.stop()
    assert taken < seconds, f"{taken:.1f} s"
    assert peak < MEGABYTES * 2**20 + TIMES * nbytes, f"{peak >> 20} MB for {nbytes:,} bytes"
    assert text is None or (path.name in text and len(text) < 2000), text
    return "rows" if text is None else "error"


def run(inputs: int, seed: int, folder: Path, show=lambda i: None, kinds=tuple(KINDS)) -> Counter:
    """Read inputs, the kinds in turn, and count rows and errors of each. An input that breaks a promise is kept."""
    counts: Counter = Counter()
    trap = folder / "trap"
    for i in range(inputs):
        kind = kinds[i % len(kinds)]
        data = KINDS[kind](random.Random(f"{seed} {i}"), trap)
        path = folder / f"input_{seed}_{i}.{'txt' if kind == 'labels' else 'bin'}"
        path.write_bytes(data)
        try:
            size = (640, 480) if kind == "labels" or i % 2 else None
            counts[kind, attempt(path, size, trace=i % TRACED == 0)] += 1
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
        "points with keys of any name": ('[{"frame":1,"landmarks":[', '{"{w}":1,"x":1,"y":1},', '{"x":1,"y":1}]}]'),
        "people with keys of any name": ("[", '{"{w}":1,"keypoints":[]},', "{}]"),
        "joints of any name": ("[", '{"keypoints":[{"name":"{w}","x":1,"y":1}]},', "{}]"),
        "frames with keys of any name": ('{"frames":[', '{"{w}":[[1,2],[3,4]]},', "{}]}"),
        "lines of empty lists": ("", "[]\n", ""),
        "lines of small people": ("", entry.replace("{w}", "{i}") + "\n", ""),
        "times": ("[", '{"time":{i},"keypoints":[]},', "{}]"),
        "a table with a long line": ("nose_x,nose_y\n", "1,", ""),
        "a table of many columns": ("frame", ",{w}_x,{w}_y", "\n"),
        "a table of quotes": ('nose_x,nose_y\n"', "a\n", ""),
        "a table of small rows": ("joint,x,y\n", "{i},1,1\n", ""),
        "a long table": ("frame,joint,x,y\n", "{i},nose,1,1\n", ""),
        "a table of people of any name": ("person,joint,x,y\n", "{w},nose,1,1\n", ""),
        "a table of pictures of any name": ("image,joint,x,y\n", "{w}.jpg,nose,1,1\n", ""),
        "numbers alone": ("", "1 " * 51 + "\n", ""),
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
    parser.add_argument("inputs", type=int, nargs="?", default=10_000, help="number of damaged files of each kind")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="kinds of files (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random damage")
    parser.add_argument("--small", action="store_true", help="leave out the files of 20 MB, which take a minute or two")
    options = parser.parse_args()
    kinds, seed = options.kinds, options.seed
    inputs = options.inputs * len(kinds)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, tqdm(total=inputs, unit="file") as bar:
        counts = run(inputs, seed, Path(name), lambda i: bar.update(), kinds)
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
