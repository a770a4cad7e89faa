"""Find people in all frames of a video or of pictures, and keep each frame's at once: what was stopped goes on.

    about = describe(source, detector)
    frames, rate = find_people("detections.json", detector, frames, about)

Beside detections.json lies detections.unfinished.jsonl: a line that says what is searched with what, then one a frame
with its people and the state of the detector, and a last one at the end. The same search reads it and goes on; any
other starts anew.
"""

import itertools
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from ..._files import atomic_path
from .sides import Steps, exchanged

LONGEST_LINE = 2**20
SKELETON = "blazepose_33"
"""The joints of who is followed."""


def describe(source, detector) -> dict:
    """Say what is searched with what, so that another search is told from the same one."""
    source = Path(source)
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    facts = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    latest = max((fact[2] for fact in facts), default=0)
    return {
        "source": str(source.resolve()), "files": len(facts), "bytes": sum(fact[1] for fact in facts),
        "modified": latest, "detector": detector.weights, "settings": detector.settings,
    }  # fmt: skip


def unfinished(path) -> Path:
    """Give the file beside path (.json) that holds the frames searched so far."""
    return Path(path).with_suffix(".unfinished.jsonl")


def find_people(path, detector, frames: Iterable, about: dict, total: int | None = None) -> tuple[int, float]:
    """Find people in all frames and write them to path as AlphaPose's JSON, atomically; remove unfinished(path) later.

    detector: gives People for a picture; has state and resume. about: what describe gives. total: how many frames there
    are, if known, for the time left. Gives the number of frames, and how many were searched a second.
    """
    kept = unfinished(path)
    done, ended = _open(kept, about, detector)
    n, start = done, time.perf_counter()
    if done:
        print(f"{done:,} frames were searched before; going on from there")
    if not ended:
        with open(kept, "a") as file:
            for n, picture in enumerate(_bar(frames, done, total), done + 1):
                entries = detector(picture).entries(f"{n - 1}.jpg")
                file.write(json.dumps({"people": entries, "state": detector.state()}) + "\n")
                file.flush()
            file.write('"end"\n')
    rate = (n - done) / (time.perf_counter() - start)
    _write(path, kept)
    return n, rate


def _bar(frames: Iterable, done: int, total: int | None) -> Iterator:
    """Give the frames that are left, under a bar with frames a second and the time left."""
    from tqdm.auto import tqdm

    left = itertools.islice(frames, done, None)
    return iter(tqdm(left, desc="finding people", unit="frame", initial=done, total=total, leave=False))


def _open(kept: Path, about: dict, detector) -> tuple[int, bool]:
    """Cut what is kept after its last whole line; give how many frames it holds, and whether these are all.

    What was kept of another search is thrown away. The detector goes on in the last state.
    """
    done, ended, last, end = 0, False, None, 0
    if kept.is_file():
        with open(kept, "rb") as file:
            for number, line in enumerate(_lines(file)):
                if number == 0 and line != about or ended:
                    break
                ended, last = line == "end", line
                done, end = number - ended, file.tell()
    if last is None:
        kept.write_text(json.dumps(about) + "\n")
        return 0, False
    with open(kept, "r+b") as file:
        file.truncate(end)
    if done and not ended:
        detector.resume(last["state"])
    return done, ended


def _lines(file) -> Iterator:
    """Give what each line holds, up to the first that is not whole."""
    while (line := file.readline(LONGEST_LINE)).endswith(b"\n"):
        try:
            yield json.loads(line)
        except ValueError:
            return


def _frames(kept: Path) -> Iterator[list[dict]]:
    """Give the entries of each frame."""
    with open(kept, "rb") as file:
        yield from (line["people"] for line in itertools.islice(_lines(file), 1, None) if line != "end")


def _write(path, kept: Path) -> None:
    """Write the people as AlphaPose's JSON; of who is followed, exchanged sides are put right first."""
    wrong, order = _exchanged(kept), exchanged(SKELETON)
    with atomic_path(path) as temporary, open(temporary, "w") as file:
        for frame, entries in enumerate(_frames(kept)):
            for entry in entries:
                if (frame, entry.get("idx")) in wrong:
                    points = entry["keypoints"]
                    entry["keypoints"] = [value for i in order for value in points[3 * i : 3 * i + 3]]
                file.write(("[\n" if not file.tell() else ",\n") + json.dumps(entry))
        file.write("\n]\n" if file.tell() else "[]\n")


def _exchanged(kept: Path) -> set[tuple[int, int]]:
    """Give the frames and numbers of who is followed whose sides are exchanged."""
    steps: dict[int, Steps] = {}
    for frame, entries in enumerate(_frames(kept)):
        for entry in entries:
            if "idx" in entry:
                points = np.array(entry["keypoints"]).reshape(-1, 3)[:, :2]
                steps.setdefault(entry["idx"], Steps(SKELETON)).add(frame, points)
    return {(frame, number) for number, step in steps.items() for frame in step.wrong()}
