"""Measure how fast and in how much memory detections are read, and how surely BODY_25 is told from BODY_25B.

    python benchmarks/read_detections.py                # 100,000 detections (AlphaPose, about 100 MB)
    python benchmarks/read_detections.py entries        # a million small entries
    python benchmarks/read_detections.py large          # 2 GB in a process of 1 GB address space
    python benchmarks/read_detections.py folders        # 50,000 files of OpenPose, then of YOLO's labels, a frame each
    python benchmarks/read_detections.py skeletons      # BODY_25 or BODY_25B, from each real body alone (VVIPE_DATA)

Bars: the first takes 20 s on two cores, of which reading takes 10 s; the third is read without running out of memory;
each folder takes 12 s. Seconds are the processor's, of user and system together, so that a busy machine measures the
same. Files go to a temporary folder and are removed.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

READ_LARGE = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
import vvipe_explore as vv
start = time.process_time()
d = vv.datasets.read_detections(sys.argv[1])
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmPeak"))
print(f"{len(d):,} rows of {d.keypoints.shape[1]} joints in {d.n_frames:,} frames: "
      f"{time.process_time() - start:.1f} s, address space at most {int(peak) / 1024:.0f} MB, "
      f"resident at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
"""


def write_alphapose(path: Path, entries: int, people: int = 2, digits: int = 15) -> None:
    """Write a file as AlphaPose does, with random keypoints; an entry with numbers of 15 digits takes about 1.1 KB."""
    rng = np.random.default_rng(0)
    kinds = []
    for _ in range(1000):
        points = rng.uniform(0, 1000, (17, 3)) * [1, 1, 0.001]
        numbers = ", ".join(f"{v:.{digits}g}" for v in points.ravel())
        box = ", ".join(f"{v:.{digits}g}" for v in rng.uniform(0, 1000, 4))
        kinds.append(f'"category_id": 1, "keypoints": [{numbers}], "score": {rng.uniform(1, 3):.6f}, "box": [{box}]')
    with open(path, "w") as file:
        file.write("[")
        for i in range(entries):
            end = ", " if i + 1 < entries else "]"
            file.write(f'{{"image_id": "{i // people}.jpg", {kinds[i % 1000]}, "idx": {i % people + 1}}}{end}')


def memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident at most"


def end_to_end(folder: Path, entries: int = 100_000) -> None:
    """Read, convert and embed detections, and choose one person a frame."""
    path = folder / "alphapose.json"
    write_alphapose(path, entries)
    print(f"{entries:,} detections, {path.stat().st_size / 1e6:.0f} MB")
    import vvipe_explore as vv

    model = vv.load_pretrained()
    start = time.process_time()
    d = vv.datasets.read_detections(path)
    read = time.process_time()
    points, confidence = d.to_paper_13()
    converted = time.process_time()
    z = model.embed_keypoints(points, confidence)
    embedded = time.process_time()
    one = d.followed()
    chosen = time.process_time()
    assert len(z) == len(d) == entries
    assert len(one) == d.n_frames == entries // 2
    print("\n| step | seconds |\n|---|---|")
    print(f"| read (bar: 10) | {read - start:.2f} |\n| convert | {converted - read:.2f} |")
    print(f"| embed | {embedded - converted:.2f} |")
    print(f"| together (bar: 20) | {embedded - start:.2f} |\n| choose one person a frame | {chosen - embedded:.2f} |")
    print(memory())


def many_entries(folder: Path, entries: int = 1_000_000) -> None:
    """Read a million entries with numbers of few digits."""
    path = folder / "million.json"
    write_alphapose(path, entries, digits=3)
    import vvipe_explore as vv

    start = time.process_time()
    d = vv.datasets.read_detections(path)
    assert len(d) == entries
    print(f"{entries:,} entries, {path.stat().st_size / 1e6:.0f} MB: {time.process_time() - start:.1f} s, {memory()}")


def large(folder: Path, entries: int = 1_800_000) -> None:
    """Read 2 GB in a process of 1 GB address space, its libraries included."""
    path = folder / "large.json"
    write_alphapose(path, entries)
    print(f"{path.stat().st_size / 1e9:.2f} GB, {entries:,} detections")
    done = subprocess.run([sys.executable, "-c", READ_LARGE, str(path)], stdout=subprocess.PIPE, text=True)
    print(done.stdout.strip() or f"failed with {done.returncode}")


def folders(folder: Path, files: int = 50_000) -> None:
    """Read folders of one frame a file."""
    import vvipe_explore as vv

    rng = np.random.default_rng(0)
    people = [rng.uniform(0, 1000, (25, 3)) * [1, 1, 0.001] for _ in range(1000)]
    labels = [rng.uniform(0, 1, (17, 3)) for _ in range(1000)]
    openpose, yolo = folder / "openpose", folder / "labels"
    for place in (openpose, yolo):
        place.mkdir()
    for i in range(files):
        person = {"person_id": [-1], "pose_keypoints_2d": people[i % 1000].ravel().round(3).tolist()}
        name = openpose / f"walk_{i:012d}_keypoints.json"
        name.write_text(json.dumps({"version": 1.3, "people": [person, person]}))
        points = " ".join(f"{v:.6f}" for v in labels[i % 1000].ravel())
        (yolo / f"walk_{i + 1}.txt").write_text(f"0 0.5 0.5 0.2 0.4 {points}\n")
    print("\n| folder | files | rows | seconds (bar: 12) |\n|---|---|---|---|")
    for place, options in ((openpose, {"skeleton": "body_25"}), (yolo, {"size": (1920, 1080)})):
        start = time.process_time()
        d = vv.datasets.read_detections(place, progress=False, **options)
        print(f"| {place.name} | {files:,} | {len(d):,} | {time.process_time() - start:.1f} |")
        assert d.n_frames == files
    print(memory())


def skeletons(folder: Path) -> None:
    """Guess the skeleton of each real body alone, in its own order (BODY_25B) and in BODY_25's."""
    from vvipe_explore import skeleton
    from vvipe_explore.datasets import read_detections
    from vvipe_explore.datasets.detections.guess_skeleton import CERTAIN, evidence

    place = {name: i for i, name in enumerate(skeleton.BODY_25B)}
    hips = [place["left_hip"], place["right_hip"]]
    order = [[place[name]] if name in place else hips for name in skeleton.BODY_25]
    wrong, weak, bodies, least = {"body_25b": 0, "body_25": 0}, 0, 0, np.inf
    for path in sorted(Path(os.environ["VVIPE_DATA"]).glob("pose2sim-single/*/openpose/*")):
        d = read_detections(path, "body_25b")
        moved = np.stack([d.keypoints[:, i].mean(axis=1) for i in order], axis=1)
        sure = np.stack([d.confidence[:, i].min(axis=1) for i in order], axis=1)
        for i in range(len(d)):
            row = slice(i, i + 1)
            ours = evidence(d.keypoints[row], d.confidence[row], skeleton.BODY_25, skeleton.BODY_25B)
            other = evidence(moved[row], sure[row], skeleton.BODY_25, skeleton.BODY_25B)
            wrong["body_25b"] += ours <= 0
            wrong["body_25"] += other >= 0
            weak += (abs(ours) < CERTAIN) + (abs(other) < CERTAIN)
            least = min(least, abs(ours), abs(other))
            bodies += 1
    print(f"{bodies} bodies, each alone: wrong {wrong}, in doubt {weak}, the least evidence {least:.2f}")


CASES = {"end_to_end": end_to_end, "entries": many_entries, "large": large, "folders": folders, "skeletons": skeletons}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case", nargs="?", default="end_to_end", choices=CASES, help="what to measure")
    case = CASES[parser.parse_args().case]
    print(f"{platform.node()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        case(Path(name))
