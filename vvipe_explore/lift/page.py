"""Write a lifted person as one HTML file that opens from disk: the frame beside a body to turn, and who else was found.

page.js, made of the modules in js/, draws it.
"""

import base64
import html
import json
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .._files import atomic_path
from .._page import PAGE, pack
from .crop import boxes, cut, fitted, window
from .portraits import Portraits
from .sequence import Lifted
from .video import jpeg, shrunk

SCRIPT = Path(__file__).with_name("page.js")
SIDE, PICTURE_BYTES, MAX_FRAMES = 560, 12_000_000, 6000
"""At most: a picture's longer side in pixels, the bytes of all pictures together, and a page's frames."""
FILE_BYTES = 3_000_000
"""The smallest of the files go into the page, up to these bytes together; the page links to the others."""
REGION = {True: "nine times in ten the joint is in here", False: "where the joint may be; not calibrated"}
"""What the discs about the joints are, by Lifted.calibrated."""
EDGE = 0.06
"""The margin around keypoints that are shown without a picture."""


class Thumbnails:
    """Keep small JPEGs of the person in each frame; together they stay below limit bytes, however long it is.

    add(picture) takes each frame in turn. If they grow too many, every other one is dropped, and from then on only
    every second (fourth, ...) is kept. shown: {number of the frame: (box, JPEG)}. boxes (n, 4): what to show in each
    frame; without frames, the same around all keypoints. See crop.
    """

    def __init__(self, lifted: Lifted, fps: float, limit: int = PICTURE_BYTES, side: int = SIDE):
        self.limit, self.side, self.every, self.count, self.bytes = limit, side, 1, 0, 0
        self.shown: dict[int, tuple[np.ndarray, bytes]] = {}
        self._keypoints, self._there, self._fps = lifted.keypoints, lifted.confidence > 0, fps
        around = boxes(lifted.keypoints.reshape(1, -1, 2), self._there.reshape(1, -1), EDGE)
        self.boxes = np.repeat(around, len(lifted), 0)

    def add(self, picture: np.ndarray) -> None:
        """Take the next frame (height, width, 3)."""
        size = picture.shape[1::-1]
        if self.count == 0:
            self.boxes = window(self._keypoints, self._there, self._fps, size)
        if self.count % self.every == 0 and self.count < len(self.boxes):
            (box,) = fitted(self.boxes[self.count, None], size)
            self.shown[self.count] = box, jpeg(shrunk(cut(picture, box), self.side))
            self.bytes += len(self.shown[self.count][1])
        self.count += 1
        while self.bytes > self.limit and len(self.shown) > 1:
            self.every *= 2
            self.shown = {k: kept for k, kept in self.shown.items() if k % self.every == 0}
            self.bytes = sum(len(data) for _, data in self.shown.values())


def save_page(
    path,
    lifted: Lifted,
    fps: float,
    thumbnails: Thumbnails | None = None,
    title: str = "Lifted",
    portraits: Portraits | None = None,
    command: str = "",
    files: Iterable[Path] = (),
) -> Path:
    """Write the page, atomically. Of more than MAX_FRAMES frames it shows every second, third, ...

    portraits: who was found. command: the command line that a choice of one of them adds --person to. files: what
    else was written into the page's folder; the page offers it to save.
    """
    step = math.ceil(len(lifted) / MAX_FRAMES)
    thumbnails = thumbnails or Thumbnails(lifted, fps)
    table, data = pack(_arrays(lifted, thumbnails.boxes, step), small=False)
    about = {
        "tensors": table, "frames": len(range(0, len(lifted), step)), "step": step, "fps": fps, "title": title,
        "pictures": {k: {"box": box.tolist(), "jpeg": _text(jpg)} for k, (box, jpg) in thumbnails.shown.items()},
        "people": _people(portraits), "command": command, "files": _files(files), "region": REGION[lifted.calibrated],
        "doubt": {k: words for k, words in enumerate(lifted.doubt[::step]) if words},
    }  # fmt: skip
    page = PAGE.format(
        title=html.escape(title), about=json.dumps(about).replace("<", "\\u003c"),
        kind="numbers", data=_text(data), start="openLift", images="data: blob:",
        script=SCRIPT.read_text(encoding="utf-8"),
    )  # fmt: skip
    with atomic_path(path) as temporary:
        Path(temporary).write_bytes(page.encode("utf-8", "backslashreplace"))  # a file's name may be no UTF-8
    return Path(path)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _people(portraits: Portraits | None) -> list[dict]:
    """Describe who was found, for page.js."""
    if portraits is None:
        return []
    return [
        {"track": p.track, "frames": p.frames, "followed": p.followed, "picture": _text(portraits.of(p))}
        for p in portraits.people
    ]


def _files(files: Iterable[Path]) -> list[dict]:
    """Describe the files beside the page, for page.js: names, bytes, and what is in them where they are small."""
    sizes = {path: path.stat().st_size for path in files}
    inside, total = set(), 0
    for path in sorted(sizes, key=lambda path: sizes[path]):
        total += sizes[path]
        if total <= FILE_BYTES:
            inside.add(path)
    return [
        {"name": path.name, "bytes": size, "data": _text(path.read_bytes()) if path in inside else None}
        for path, size in sizes.items()
    ]


def _arrays(lifted: Lifted, shown: np.ndarray, step: int) -> dict[str, np.ndarray]:
    """Give what page.js draws. state: 0 missing, 1 seen, 2 filled. radius: metres, 0 where not known."""
    rows = slice(None, None, step)
    state = (lifted.seen + 2 * lifted.filled).astype(np.uint8)
    canonical, standing, radius = (
        np.nan_to_num(p, nan=0).astype(np.float32) for p in (lifted.poses, lifted.standing(), lifted.uncertainty)
    )
    return {
        "poses": canonical[rows], "standing": standing[rows], "radius": radius[rows], "state": state[rows],
        "keypoints": lifted.keypoints[rows].astype(np.float32),
        "boxes": shown[rows].astype(np.float32), "present": (lifted.confidence[rows] > 0).astype(np.uint8),
    }  # fmt: skip
