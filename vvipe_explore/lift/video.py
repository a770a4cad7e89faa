"""Read the frames of a video, of a folder of pictures or of one picture; write a video.

Frames are RGB, (height, width, 3), uint8, upright. PyAV, which brings ffmpeg along, reads videos (the extra "video");
Pillow, which matplotlib brings, reads pictures.
"""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from .._extras import missing
from .._files import atomic_path
from ..datasets.detections.frame_numbers import Pictures, natural_key
from ..datasets.detections.timeline import timeline

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".mts", ".3gp")
MAX_PIXELS = 100_000_000
"""A larger picture is refused, since a small file can fill the memory."""
MAX_FRAMES = 1_000_000
"""More frames than this are not believed of a video that does not say how many it has."""


class Frames:
    """Iterate over the frames of a video, a picture or a folder of pictures, as often as needed.

    files: the pictures in natural order, empty for a video. fps: the video's, None if unknown. count: how many frames
    it says it has, 0 if it says nothing. ticks (frames,): where a video's times are uneven, as phones make them, each
    frame's place on an even clock of fps; None where they are even.
    """

    def __init__(self, source):
        self.source = Path(source)
        if not self.source.exists():
            raise ValueError(f"there is no {self.source}; give a video, a picture or a folder of pictures.")
        self.files = self._files()
        self.fps, self.count, self.ticks = None, len(self.files), None
        if not self.files:
            with _open_video(self.source) as container:
                stream = container.streams.video[0]
                rate, self.count = stream.average_rate, stream.frames
            self.fps = float(rate) if rate else None
            uneven = even_clock(frame_times(self.source))
            if uneven is not None:
                self.ticks, self.fps = uneven

    def _files(self) -> list[Path]:
        if self.source.is_dir():
            found = [p for p in self.source.iterdir() if p.suffix.lower() in PICTURES and p.is_file()]
            if not found:
                raise ValueError(f"expected pictures ({', '.join(PICTURES)}) in the folder {self.source}, got none.")
            return sorted(found, key=lambda path: natural_key(path.name.lower()))
        if self.source.suffix.lower() in PICTURES:
            return [self.source]
        if self.source.suffix.lower() in VIDEOS:
            return []
        raise ValueError(
            f"expected a video ({', '.join(VIDEOS)}) or a picture ({', '.join(PICTURES)}), got {self.source}; "
            "give detections with --keypoints."
        )

    @property
    def size(self) -> tuple[int, int] | None:
        """The pictures' width and height in pixels; None if the first and the last picture differ."""
        ends = [read_picture(path) for path in {self.files[0], self.files[-1]}] if self.files else [next(iter(self))]
        sizes = {(picture.shape[1], picture.shape[0]) for picture in ends}
        return sizes.pop() if len(sizes) == 1 else None

    @property
    def in_order(self) -> bool:
        """Whether the pictures' names count frames that lie close, as a video's do."""
        names = Pictures(len(self.files) + 1)
        for path in self.files:
            names.add(path.name)
        return timeline(names, len(self.files)).video

    def __iter__(self) -> Iterator[np.ndarray]:
        return (read_picture(path) for path in self.files) if self.files else _decode(self.source)

    def on_the_clock(self) -> Iterator[np.ndarray]:
        """Give a picture for each tick of the even clock: where a video skips one, the picture before it stays."""
        if self.ticks is None:
            yield from self
            return
        picture, shown = None, 0
        for tick, upcoming in zip(self.ticks, self, strict=False):  # a damaged video has fewer frames than times
            while picture is not None and shown < tick:
                yield picture
                shown += 1
            picture = upcoming
        if picture is not None:
            yield picture


UNEVEN = 0.25
"""A video's clock is uneven if a frame in a hundred stands this part of a frame, or more, away from an even step."""


def frame_times(path) -> np.ndarray:
    """Give the times of a video's frames (frames,), seconds, in the order in which they are shown, without decoding.

    Empty if the file does not say them all.
    """
    av = _av()
    with _open_video(Path(path)) as container:
        stream = container.streams.video[0]
        try:
            packets = [packet for packet in container.demux(stream) if packet.size]
        except av.error.FFmpegError:
            return np.zeros(0)
    times = [float(p.pts * p.time_base) for p in packets if p.pts is not None and p.time_base is not None]
    return np.sort(times) if len(times) == len(packets) else np.zeros(0)


def even_clock(times: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Place frames at times (frames,), seconds, on an even clock: each one's tick, from 0, and ticks a second.

    The clock's step is the median step; no two frames have one tick. None if the times are even already, or unknown.
    """
    steps = np.diff(times)
    if len(steps) < 2 or not (steps > 0).all():
        return None
    step = float(np.median(steps))
    if np.quantile(np.abs(steps / step - 1), 0.99) < UNEVEN:
        return None
    place = np.round((times - times[0]) / step).astype(np.int64)
    order = np.arange(len(place))
    ticks = np.maximum.accumulate(place - order) + order  # strictly increasing
    if ticks[-1] >= MAX_FRAMES:
        return None
    return ticks, round(1 / step, 3)


def match_frames(one, n_frames: int, frames: Frames | None) -> tuple[np.ndarray, int, bool]:
    """Give each row's frame in the input, how many frames there are, and whether they follow each other in time.

    one: one person's detections, which count n_frames frames. Pictures are matched by name, if all names agree; a
    video's frames by the numbers in the names, which count them from 0 (from 1 if the first number is 1). Otherwise the
    detections' own frames stay.
    """
    if frames is None or not len(one):
        return one.frame, n_frames, one.video
    if frames.files:
        places = {_bare(path.name): i for i, path in enumerate(frames.files)}
        names = [_bare(name) for name in one.image]
        if all(name in places for name in names):
            return np.array([places[name] for name in names]), len(frames.files), one.video or frames.in_order
        return one.frame, n_frames, one.video
    if one.number is not None:
        number = one.number - (1 if one.first == 1 else 0)
        if int(number.max()) < (frames.count or MAX_FRAMES):
            n = max(int(number.max()) + 1, n_frames if one.video else 0)
            if frames.ticks is None or n > len(frames.ticks):
                return number, n, True
            return frames.ticks[number], int(frames.ticks[n - 1]) + 1, True
    return one.frame, n_frames, one.video


def _bare(name: str) -> str:
    """Give a picture's name without folder and extension, and without what OpenPose puts behind it."""
    stem = Path(name.replace("\\", "/")).stem
    return re.sub(r"_keypoints(_[0-9]+)?$", "", stem)


def read_picture(path) -> np.ndarray:
    """Read a picture (height, width, 3) and turn it upright. Raises ValueError, naming the file."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"{image.width} x {image.height} pixels, more than {MAX_PIXELS}")
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"expected a readable picture, got {path} ({error}); remove it, or save it again.") from None


def _av():
    try:
        import av
        import av.error
    except ImportError as error:
        raise missing("a video", "video", error, "a folder of pictures needs no PyAV") from None
    return av


def _open_video(path: Path):
    av = _av()
    try:
        container = av.open(str(path))
        if not container.streams.video:
            container.close()
            raise ValueError("it holds no pictures")
        return container
    except (av.error.FFmpegError, ValueError) as error:
        raise ValueError(f"expected a readable video, got {path} ({error}); convert it to .mp4.") from None


def _decode(path: Path) -> Iterator[np.ndarray]:
    """Give the frames of a video; warn, with numbers, if it ends early. Raises ValueError if not one can be read."""
    av = _av()
    read, times, reason = 0, [0.0, 0.0], None
    with _open_video(path) as container:
        try:
            for read, frame in enumerate(container.decode(video=0), 1):
                times[min(read - 1, 1)] = frame.time or 0.0
                yield upright(frame.to_ndarray(format="rgb24"), getattr(frame, "rotation", 0))
        except av.error.FFmpegError as error:
            reason = error.strerror or str(error)
        expected = _announced(container, read, times[1] - times[0])
    if not read:
        raise ValueError(f"expected a readable video, got {path} without a whole frame; convert it to .mp4.")
    if reason or read < expected:
        of = f" of {expected:,}" if expected > read else ""
        reason = reason or "it ends early"
        warnings.warn(f"the video {path} breaks off: {read:,}{of} frames could be read ({reason}).", stacklevel=2)


def _announced(container, read: int, seconds: float) -> int:
    """Give how many frames a video announces; what was read of it, over some seconds, where it does not miss any.

    Matroska announces only how long it is, sound included. An .mp4 may be trimmed to fewer frames than it holds.
    """
    stream = container.streams.video[0]
    lasts = float(stream.duration * stream.time_base) if stream.duration else (container.duration or 0) / 1e6
    timed = round(lasts * float(stream.average_rate or 0))
    if not stream.frames:
        return timed if lasts - seconds > 1 else read
    if "mp4" in container.format.name and read >= timed - 2:
        return read
    return stream.frames


def upright(picture: np.ndarray, degrees: int) -> np.ndarray:
    """Turn a frame by the rotation that a phone stores with it: counterclockwise, a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(picture, round(degrees / 90) % 4))


def shrunk(picture: np.ndarray, side: int) -> np.ndarray:
    """Shrink a picture to at most side pixels along its longer side."""
    from PIL import Image

    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR, reducing_gap=2))


def jpeg(picture: np.ndarray, quality: int = 70) -> bytes:
    """Give the picture as the bytes of a JPEG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def write_video(path, frames: Iterable, fps: float) -> None:
    """Write frames of one even size (height, width, 3) as H.264 that browsers play, atomically.

    Raises MissingExtra, before it takes a frame, if PyAV is not installed.
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
