"""VideoPose3D's 2D .npz: a pickled dictionary of arrays, read by the restricted reader of pickles; no code is run."""

import contextlib
from pathlib import Path
from typing import Any

import numpy as np

from ..._joint_names import H36M_17
from .._npz import items_of, read_dictionary
from .._pickles import Array
from .arrays_format import add_arrays
from .reading import Reading


def read_videopose3d(reading: Reading, path: Path) -> None:
    """Read {video: {"custom": [array of a camera]}} and the metadata beside it. Raises ValueError naming the file."""
    expected = "a 2D .npz of VideoPose3D (positions_2d)"
    positions, metadata = read_dictionary(path, "positions_2d", expected), {}
    with contextlib.suppress(ValueError):  # what it says is of use, but not needed
        metadata = read_dictionary(path, "metadata", expected)
    videos = [
        (video, action, camera)
        for video, actions in positions.items() if isinstance(actions, dict)
        for action, cameras in actions.items()
        for camera in (items_of(cameras) or [cameras])
    ]  # fmt: skip
    if len(videos) != 1:
        names = ", ".join(f"{video} {action}" for video, action, _ in videos[:4]) + (", ..." if len(videos) > 4 else "")
        raise ValueError(
            f"{path}: expected one video in VideoPose3D's positions_2d, got {len(videos)} ({names[:200]}). Keep one: "
            "python -c \"import numpy as np; p = np.load(IN, allow_pickle=True)['positions_2d'].item(); "
            'np.savez(OUT, keypoints=p[VIDEO][ACTION][CAMERA])"'
        )
    video, _, camera = videos[0]
    if type(camera) is not Array or camera.numbers is None:
        raise ValueError(f"{path}: expected an array of keypoints of {str(video)[:80]!r}, got none; make it again.")
    reading.about.tool = "VideoPose3D"
    if "h36m" in str(metadata.get("layout_name", "")).lower() and camera.numbers.shape[1:2] == (17,):
        reading.skeletons.append(H36M_17)
    add_arrays(reading, str(path), {"keypoints": camera.numbers})
    _note_video(reading, metadata.get("video_metadata"), video)


def _note_video(reading: Reading, videos: Any, video: str) -> None:
    """Note the size and the frames a second that VideoPose3D's metadata has of a video."""
    said = videos.get(video) if isinstance(videos, dict) else None
    if not isinstance(said, dict):
        return
    numbers = {key: float(value) for key, value in said.items() if isinstance(value, int | float | np.number)}
    reading.about.add_size(0, numbers.get("w"), numbers.get("h"))
    fps = numbers.get("fps", 0)
    reading.about.fps = fps if 0 < fps < 1e6 else None
