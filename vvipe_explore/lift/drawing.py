"""Draw the frame with its keypoints beside the lifted body, as pictures for a video; colours as in plots."""

from collections.abc import Iterable, Iterator

import numpy as np

from ..plots import COLOURED_BONES as BONES
from ..plots import FAINT, INK, TRUNK
from .sequence import Lifted
from .video import shrunk

HEIGHT, PANEL = 480, 360  # pixels of the video's height and of the body's panel
SWING, PERIOD = 40.0, 6.0
"""The body swings by this many degrees, once in this many seconds, so that its depth shows."""


def keypoints_on(picture, keypoints: np.ndarray, confidence: np.ndarray, scale: float):
    """Draw keypoints (13, 2) onto a Pillow picture that is scale times as large as the frame of the keypoints."""
    from PIL import ImageDraw

    draw, width = ImageDraw.Draw(picture), max(2, round(picture.height / 120))
    points, there = keypoints * scale, confidence > 0
    for a, b, colour in BONES:
        if there[a] and there[b]:
            draw.line([*points[a], *points[b]], fill=colour, width=width)
    for j in np.flatnonzero(there):
        x, y = points[j]
        draw.ellipse([x - width, y - width, x + width, y + width], fill="white", outline=INK)
    return picture


def body(pose: np.ndarray, azimuth: float, size=(PANEL, HEIGHT), faint: bool = False, sharp: int = 2):
    """Draw a pose (13, 3), +y up, from azimuth (degrees) as a Pillow picture; for NaN, write "not seen"."""
    from PIL import Image, ImageDraw

    width, height = (sharp * s for s in size)
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    if not np.isfinite(pose).all():
        draw.text((width / 2, height / 2), "not seen", fill=FAINT, anchor="mm", font_size=height // 16)
        return image.resize(size)
    a, unit = np.radians(azimuth), min(height / 2.15, width / 1.7)
    middle = (pose[7] + pose[8]) / 2
    p = pose - middle
    x, depth = p[:, 0] * np.cos(a) - p[:, 2] * np.sin(a), p[:, 0] * np.sin(a) + p[:, 2] * np.cos(a)
    floor = height - 0.12 * unit
    points = np.stack([width / 2 + unit * x, floor - unit * (p[:, 1] - p[:, 1].min())], -1)
    draw.line([width * 0.12, floor + 0.05 * unit, width * 0.88, floor + 0.05 * unit], fill=FAINT, width=2)
    neck = len(points)
    points = np.vstack([points, (points[1] + points[2]) / 2])
    bones = [(neck, 0, TRUNK), *sorted(BONES, key=lambda bone: depth[bone[0]] + depth[bone[1]])]
    for m, n, colour in bones:
        _stick(draw, points[m], points[n], FAINT if faint else colour, 0.055 * unit)
    r = 0.085 * unit
    draw.ellipse([*(points[0] - r), *(points[0] + r)], fill=FAINT if faint else INK)
    return image.resize(size, Image.Resampling.LANCZOS)


def _stick(draw, a: np.ndarray, b: np.ndarray, colour: str, width: float) -> None:
    draw.line([*a, *b], fill=colour, width=round(width))
    for end in (a, b):
        draw.ellipse([*(end - width / 2), *(end + width / 2)], fill=colour)


def side_by_side(lifted: Lifted, frames: Iterable | None, fps: float) -> Iterator[np.ndarray]:
    """Give the video's pictures: each frame with its keypoints, if there are frames, beside the swinging body.

    If the frames end before the keypoints, the last frame stays.
    """
    from PIL import Image

    standing, source, left, scale = lifted.standing(), iter(frames or ()), None, 1.0
    for k in range(len(lifted)):
        picture = next(source, None)
        if picture is not None:
            left, scale = _fit_height(picture)
        right = body(standing[k], SWING * np.sin(2 * np.pi * k / (PERIOD * fps)), faint=bool(lifted.filled[k]))
        if left is None:
            yield np.asarray(right)
            continue
        whole = Image.new("RGB", (left.width + PANEL, HEIGHT), "white")
        whole.paste(keypoints_on(left.copy(), lifted.keypoints[k], lifted.confidence[k], scale), (0, 0))
        whole.paste(right, (left.width, 0))
        yield np.asarray(whole)


def _fit_height(picture: np.ndarray):
    """Give the frame as a Pillow picture of the video's height and an even width, and its scale."""
    from PIL import Image

    scale = HEIGHT / picture.shape[0]
    width = min(2 * HEIGHT, max(2, 2 * round(picture.shape[1] * scale / 2)))
    scale = width / picture.shape[1] if width == 2 * HEIGHT else scale
    small = Image.fromarray(shrunk(picture, 2 * HEIGHT)).resize((width, round(picture.shape[0] * scale)))
    sheet = Image.new("RGB", (width, HEIGHT), "white")
    sheet.paste(small, (0, 0))
    return sheet, scale
