"""Frames of a video, of a folder of pictures, or one picture; and a video written from frames.

Frames are RGB, (height, width, 3) of uint8, the right way up. Videos go through PyAV, which brings ffmpeg along
(the extra "video"); pictures through Pillow, which matplotlib brings.
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from .._files import atomic_path

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".mts", ".3gp")
MAX_PIXELS = 100_000_000
"""A larger picture is refused: opened, a small file can fill the memory."""
NEED_VIDEO = 'PyAV reads and writes videos; install it with: pip install "vvipe-explore[video]"'


class NoVideo(ValueError):
    """PyAV is not installed."""


def natural(path: Path) -> list:
    """A key that sorts frame_2 before frame_10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.name.lower())]


class Frames:
    """The frames of a source, in order: iterate over it as often as wanted. fps is None where a source has none."""

    def __init__(self, source):
        self.source = Path(source)
        if not self.source.exists():
            raise ValueError(f"there is no {self.source}; a video, a picture or a folder of pictures was wanted.")
        self.files = self._files()
        self.fps = None if self.files else self._rate()

    def _files(self) -> list[Path]:
        if self.source.is_dir():
            found = [p for p in self.source.iterdir() if p.suffix.lower() in PICTURES and p.is_file()]
            if not found:
                raise ValueError(f"{self.source} holds no pictures; {', '.join(PICTURES)} were wanted.")
            return sorted(found, key=natural)
        if self.source.suffix.lower() in PICTURES:
            return [self.source]
        if self.source.suffix.lower() in VIDEOS:
            return []
        raise ValueError(
            f"{self.source} is neither a video ({', '.join(VIDEOS)}) nor a picture ({', '.join(PICTURES)}). "
            "A detections file goes behind --keypoints."
        )

    def _rate(self) -> float | None:
        with _open_video(self.source) as container:
            rate = container.streams.video[0].average_rate
        return float(rate) if rate else None

    def __iter__(self) -> Iterator[np.ndarray]:
        return (read_picture(path) for path in self.files) if self.files else _decode(self.source)


def read_picture(path) -> np.ndarray:
    """Read a picture (height, width, 3), turned as its camera says. Raises ValueError, naming the file."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"{image.width} x {image.height} pixels, more than {MAX_PIXELS}")
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path}: not a picture that can be read ({error}). Leave it out, or save it again.") from None


def _av():
    try:
        import av
    except ImportError:
        raise NoVideo(f"{NEED_VIDEO}. A folder of pictures can be read without it.") from None
    return av


def _open_video(path: Path):
    av = _av()
    try:
        container = av.open(str(path))
        if not container.streams.video:
            container.close()
            raise ValueError("no pictures in it")
        return container
    except (av.FFmpegError, ValueError) as error:
        raise ValueError(f"{path}: not a video that can be read ({error}). Convert it to .mp4.") from None


def _decode(path: Path) -> Iterator[np.ndarray]:
    av = _av()
    with _open_video(path) as container:
        try:
            for frame in container.decode(video=0):
                yield upright(frame.to_ndarray(format="rgb24"), getattr(frame, "rotation", 0))
        except av.FFmpegError as error:
            raise ValueError(f"{path}: the video breaks off ({error}). Convert it, or cut it before there.") from None


def upright(picture: np.ndarray, degrees: int) -> np.ndarray:
    """Turn a frame as a phone says it is to be shown: counterclockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(picture, round(degrees / 90) % 4))


def shrunk(picture: np.ndarray, side: int) -> np.ndarray:
    """Make the picture's longer side at most so many pixels."""
    from PIL import Image

    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR, reducing_gap=2))


def jpeg(picture: np.ndarray, quality: int = 70) -> bytes:
    """The picture as a JPEG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def write_video(path, frames: Iterable, fps: float) -> None:
    """Write frames of one even size (height, width, 3) as H.264 that browsers play, atomically.

    Raises NoVideo if PyAV is not installed, before a frame is taken.
    """
    from fractions import Fraction

    av = _av()
    with atomic_path(path) as temporary, av.open(temporary, "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "23", "preset": "veryfast"}
        for k, picture in enumerate(frames):
            if k == 0:
                stream.height, stream.width = picture.shape[:2]
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
