"""Write a lifted person as one HTML file that opens from disk: the frame beside a body to turn.

page.js, made of the modules in js/, draws the frame with its keypoints, the body and the player.
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
from .sequence import Lifted
from .video import jpeg, shrunk

SCRIPT = Path(__file__).with_name("page.js")
SIDE, PICTURE_BYTES, MAX_FRAMES = 560, 12_000_000, 6000
"""At most: a picture's longer side in pixels, the bytes of all pictures together, and a page's frames."""


class Thumbnails:
    """Keep small JPEGs of a sequence's frames; together they stay below limit bytes, however long it is.

    add(picture) takes each frame in turn. If they grow too many, every other one is dropped, and from then on only
    every second (fourth, ...) is kept. shown: {number of the frame: JPEG}.
    """

    def __init__(self, limit: int = PICTURE_BYTES, side: int = SIDE):
        self.limit, self.side, self.every, self.count, self.bytes = limit, side, 1, 0, 0
        self.shown: dict[int, bytes] = {}
        self.size: tuple[int, int] | None = None

    def add(self, picture: np.ndarray) -> None:
        """Take the next frame (height, width, 3)."""
        self.size = self.size or picture.shape[1::-1]
        if self.count % self.every == 0:
            self.shown[self.count] = jpeg(shrunk(picture, self.side))
            self.bytes += len(self.shown[self.count])
        self.count += 1
        while self.bytes > self.limit and len(self.shown) > 1:
            self.every *= 2
            self.shown = {k: data for k, data in self.shown.items() if k % self.every == 0}
            self.bytes = sum(map(len, self.shown.values()))

    def watch(self, frames: Iterable):
        """Add each frame and pass it on."""
        for picture in frames:
            self.add(picture)
            yield picture


def save_page(path, lifted: Lifted, fps: float, thumbnails: Thumbnails | None = None, title: str = "Lifted") -> Path:
    """Write the page, atomically. Of more than MAX_FRAMES frames it shows every second, third, ..."""
    step = math.ceil(len(lifted) / MAX_FRAMES)
    table, data = pack(_arrays(lifted, step), small=False)
    thumbnails = thumbnails or Thumbnails()
    about = {
        "tensors": table, "frames": len(range(0, len(lifted), step)), "step": step, "fps": fps, "title": title,
        "size": thumbnails.size,
        "pictures": {str(k): base64.b64encode(jpg).decode() for k, jpg in thumbnails.shown.items()},
    }  # fmt: skip
    page = PAGE.format(
        title=html.escape(title), about=json.dumps(about).replace("<", "\\u003c"),
        kind="numbers", data=base64.b64encode(data).decode(), start="openLift", images="data: blob:",
        script=SCRIPT.read_text(encoding="utf-8"),
    )  # fmt: skip
    with atomic_path(path) as temporary:
        Path(temporary).write_bytes(page.encode("utf-8", "backslashreplace"))  # a file's name may be no UTF-8
    return Path(path)


def _arrays(lifted: Lifted, step: int) -> dict[str, np.ndarray]:
    """Give what page.js draws. state: 0 missing, 1 seen, 2 filled."""
    rows = slice(None, None, step)
    state = (lifted.seen + 2 * lifted.filled).astype(np.uint8)
    canonical, standing = (np.nan_to_num(p, nan=0).astype(np.float32) for p in (lifted.poses, lifted.standing()))
    return {
        "poses": canonical[rows], "standing": standing[rows], "state": state[rows],
        "keypoints": lifted.keypoints[rows].astype(np.float32),
        "present": (lifted.confidence[rows] > 0).astype(np.uint8),
    }  # fmt: skip
