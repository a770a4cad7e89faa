"""Tell what a file or folder of detections is by its content, and have its reader read it."""

from pathlib import Path

from .arrays_format import read_npy, read_npz
from .formats import read_json
from .other_files import refuse_others
from .reading import Reading
from .sources import is_npz, is_zip, json_sources, label_sources, members_of, progress_bar
from .table_format import read_table
from .trc_format import read_trc
from .videopose3d_format import read_videopose3d
from .yolo_format import is_labels, read_labels

_HEAD = 4096


def read_any(path: Path, counts, progress: bool) -> Reading:
    """Read a file, or a folder or zip of files of one frame each.

    counts: the numbers of joints that are accepted where the file does not name them. Raises ValueError naming file and
    place, and what the file seems to be where it is none of detections.
    """
    if path.is_dir() or is_zip(path) and not is_npz(path):
        return _read_several(path, counts, progress)
    reading = Reading(counts, path.stat().st_size)
    with open(path, "rb") as file:
        head = file.read(_HEAD)
    if is_zip(path):
        (read_videopose3d if "positions_2d.npy" in members_of(path) else read_npz)(reading, path)
    elif head.startswith(b"\x93NUMPY"):
        read_npy(reading, path)
    else:
        refuse_others(path, head)
        return _read_text(path, counts, progress, head)
    reading.finish()
    return reading


def _read_text(path: Path, counts, progress: bool, head: bytes) -> Reading:
    """Read a file of text: a table, a .trc, one picture's labels of YOLO; else it should be JSON."""
    begin = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not begin or begin.startswith((b"[", b"{", b'"[', b'"{')) or not _is_table(begin):
        return _read_several(path, counts, progress)
    reading = Reading(counts, path.stat().st_size)
    if begin.lower().startswith(b"pathfiletype"):
        read_trc(reading, path)
    elif path.suffix.lower() == ".txt" and is_labels(head):
        with label_sources(path) as (_, _, files):
            for data, label, name in files:
                read_labels(reading, data, label, name)
    else:
        with progress_bar(path, path.stat().st_size, progress) as advance:
            read_table(reading, path, advance)
    reading.finish()
    return reading


def _is_table(begin: bytes) -> bool:
    """Whether a text's first line has cells: several words apart, and no bytes of another kind."""
    line = begin.splitlines()[0]
    apart = any(mark in line for mark in (b",", b";", b"\t")) or line.count(b" ") >= 2
    return apart and not any(byte < 9 for byte in line)


def _read_several(path: Path, counts, progress: bool) -> Reading:
    """Read JSON, one file or many, or a folder of YOLO's labels."""
    if path.is_dir() or is_zip(path):
        with label_sources(path) as (count, size, files):
            if count:
                reading = Reading(counts, size, count)
                for data, label, name in files:
                    read_labels(reading, data, label, name)
                reading.finish()
                return reading
    with json_sources(path, progress) as (count, size, streams):
        reading = Reading(counts, size, count)
        for stream, file_name in streams:
            read_json(reading, stream, file_name)
        reading.finish()
        return reading
