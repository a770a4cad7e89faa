"""Tell what a file or folder of detections is by its content, and have its reader read it."""

from pathlib import Path

from .arrays_format import read_npy, read_npz
from .formats import read_json
from .reading import Reading
from .sources import is_npz, json_sources


def read_any(path: Path, counts, progress: bool) -> Reading:
    """Read a file, or a folder or zip of files of one frame each.

    counts: the numbers of joints that are accepted where the file does not name them. Raises ValueError naming file and
    place, and what the file seems to be where it is none of detections.
    """
    if is_npz(path):
        reading = Reading(counts, path.stat().st_size)
        read_npz(reading, path)
        reading.finish()
        return reading
    if path.is_file():
        with open(path, "rb") as file:
            head = file.read(8)
        if head.startswith(b"\x93NUMPY"):
            reading = Reading(counts, path.stat().st_size)
            read_npy(reading, path)
            return reading
    with json_sources(path, progress) as (count, size, streams):
        reading = Reading(counts, size, count)
        for stream, file_name in streams:
            read_json(reading, stream, file_name)
        reading.finish()
        return reading
