"""Write a lifted person to files: a page, a video, and the numbers."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .._extras import MissingExtra
from .._files import atomic_path
from ..skeleton import PAPER_13
from .drawing import side_by_side
from .page import Thumbnails, save_page
from .portraits import Person, Portraits
from .sequence import Lifted
from .video import Frames, write_video


def save(
    folder: Path,
    lifted: Lifted,
    frames: Frames | None,
    fps: float,
    about: dict,
    title: str,
    people: Sequence[Person] = (),
    command: str = "",
    exported: Sequence[Path] = (),
):
    """Write lift.html, lift.mp4 (lift.png for one frame), lift.npz and lift.json; give their paths and notes.

    people: who was found (portraits.everyone). command: the command line that --person N is added to. exported: files
    that are already in the folder, for the page to offer. Each note is a sentence for the user. Without PyAV, lift.mp4
    is left out.
    """
    from PIL import Image
    from tqdm.auto import tqdm

    write_npz(folder / "lift.npz", lifted)
    write_json(folder / "lift.json", lifted, about)
    files, notes = [folder / "lift.npz", folder / "lift.json"], []
    thumbnails, portraits = Thumbnails(lifted, fps), Portraits(people)
    source = _shown_to(thumbnails, portraits, frames.on_the_clock()) if frames else None
    pictures = tqdm(side_by_side(lifted, source, fps), total=len(lifted), desc="drawing", unit="frame", leave=False)
    try:
        if len(lifted) == 1:
            files.append(folder / "lift.png")
            with atomic_path(files[-1]) as temporary:
                Image.fromarray(next(iter(pictures))).save(temporary)
        else:
            write_video(folder / "lift.mp4", pictures, fps)
            files.append(folder / "lift.mp4")
    except MissingExtra as error:
        notes.append(f"lift.mp4 is left out: {error}")
        for _ in source or ():  # the page still needs the frames
            pass
    if frames and thumbnails.count < len(lifted):
        notes.append(f"the input has {thumbnails.count} pictures for {len(lifted)} frames; the last picture stays")
    offered = [*files, *exported]
    page = save_page(folder / "lift.html", lifted, fps, thumbnails, title, portraits, command, offered)
    return [page, *offered], notes


def _shown_to(thumbnails: Thumbnails, portraits: Portraits, frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Pass frames on; both see each of them."""
    for picture in frames:
        thumbnails.add(picture)
        portraits.add(picture)
        yield picture


def write_npz(path, lifted: Lifted) -> None:
    """Write the arrays of lifted, and joint_names, atomically."""
    arrays: dict[str, Any] = {f.name: np.asarray(getattr(lifted, f.name)) for f in dataclasses.fields(lifted)}
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, joint_names=np.array(PAPER_13), **arrays)


def write_json(path, lifted: Lifted, about: dict) -> None:
    """Write about and one line a frame, atomically: poses and uncertainty in metres, keypoints as x, y, confidence."""
    head = about | {
        "joint_names": PAPER_13, "bodies": "canonical: +x to the person's left, +y up, +z forward, metres",
        "uncertainty": "metres within which the true joint lies nine times in ten", "calibrated": lifted.calibrated,
    }  # fmt: skip
    with atomic_path(path) as temporary, open(temporary, "w") as file:
        file.write(json.dumps(head, indent=1)[:-2] + ',\n "frames": [\n')
        for k in range(len(lifted)):
            file.write("  " + json.dumps(_row(lifted, k)) + (",\n" if k + 1 < len(lifted) else "\n"))
        file.write(" ]\n}\n")


def _row(lifted: Lifted, k: int) -> dict:
    state = "seen" if lifted.seen[k] else "filled" if lifted.filled[k] else "missing"
    row = {"frame": k, "state": state}
    if state == "seen":
        flat = np.concatenate([lifted.keypoints[k], lifted.confidence[k][:, None]], -1)
        row["keypoints"] = flat.astype(float).round(2).tolist()
    if state != "missing":
        row["z"], row["pose"] = (a[k].astype(float).round(4).tolist() for a in (lifted.z, lifted.poses))
        if np.isfinite(lifted.uncertainty[k]).all():
            row["uncertainty"] = lifted.uncertainty[k].astype(float).round(4).tolist()
    if lifted.doubt[k]:
        row["doubt"] = lifted.doubt[k]
    return row
