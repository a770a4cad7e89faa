"""Human3.6M, for those who hold its licence, from the files that VideoPose3D's preparation makes.

    h36m/data_3d_h36m.npz                    positions_3d: subject -> action -> (frames, 32, 3), metres, z up
    h36m/data_2d_h36m_gt.npz                 positions_2d: subject -> action -> 4 x (frames, 17, 2), pixels
    h36m/data_2d_h36m_cpn_ft_h36m_dbb.npz    the same, detected by a cascaded pyramid network (CPN)

50 frames a second. 17 of the 32 joints are used (SUBSET), in the order of skeleton.H36M_17. The files hold pickles,
which _pickles reads and never runs. Licence and data: http://vision.imar.ro/human3.6m
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from .. import skeleton
from ._npz import items_of, numbers_of, read_dictionary
from ._rotations import from_quaternion
from .motion import Motion
from .pose2sim import CalibratedCamera
from .registry import data_file, data_folder

SUBSET = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
TRAIN, TEST = (1, 5, 6, 7, 8), (9, 11)
"""The subjects of the usual protocol."""

FROM_FILE = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""world of this library = FROM_FILE @ world of the file: x = x, y = z (up), z = -y."""

CAMERAS = ("54138969", "55011271", "58860488", "60457274")
"""The four cameras, in the order of the 2D files."""

DETECTIONS = "cpn_ft_h36m_dbb"
_MAX_LETTERS = 32   # of an action's name


def canonical_action(action: str) -> str:
    """Give an action's name as the files have it: two actions have two names in the original data."""
    return action.replace("TakingPhoto", "Photo").replace("WalkingDog", "WalkDog")


def _subjects(path: Path, key: str) -> Iterator[tuple[int, str, object]]:
    """Go through a file's subject, action and value, and free each value afterwards; errors name the file."""
    data = read_dictionary(path, key, f"an .npz of Human3.6M with {key}, as VideoPose3D's preparation writes it")
    for name in list(data):
        match, actions = re.fullmatch(r"S([1-9]|1[01])", str(name)), data.pop(name)
        if not match or type(actions) is not dict:
            raise ValueError(f"{path}: expected a subject such as 'S9' with its actions, got {str(name)[:40]!r}.")
        for action in list(actions):
            if type(action) is not str or not 0 < len(action) <= _MAX_LETTERS or not action.isprintable():
                got = f"got {str(action)[:60]!r}"
                raise ValueError(f"{path}: expected an action of {name} such as 'Walking 1', {got}.")
            yield int(match[1]), canonical_action(action), actions.pop(action)


def _numbers(path: Path, value, last: tuple[int, ...], where: str, seen: dict) -> np.ndarray:
    """Take an array's floats out of the file's data.

    An array that was seen before is refused: a small file that names one array many times would fill the memory.
    """
    try:
        if id(value) in seen:
            raise ValueError(f"{where} is the same array as another one")
        numbers = numbers_of(value, last, where)
    except ValueError as error:
        raise ValueError(f"{path}: {error}; make the file again.") from None
    seen[id(value)], value.numbers = value, None   # kept, so that no other array gets its id
    return numbers


def sequences(root=None) -> Iterator[tuple[int, str, np.ndarray]]:
    """Go through the recorded sequences: subject, action, poses (frames, 17, 3) of skeleton.H36M_17.

    poses: metres, float32, +y up. root: the folder h36m or the one that holds it; None: VVIPE_DATA.
    Raises ValueError naming the file if its content is not as expected, FileNotFoundError if there is no file.
    """
    path = data_folder("h36m", root) / "data_3d_h36m.npz"
    seen = {}
    for subject, action, value in _subjects(path, "positions_3d"):
        numbers = _numbers(path, value, (32, 3), f"S{subject}, {action}", seen)
        poses = numbers[:, SUBSET].astype(np.float32)[..., [0, 2, 1]] * np.array([1, 1, -1], np.float32)
        del numbers
        yield subject, action, poses


def load(root=None) -> Motion:
    """Read all of data_3d_h36m.npz, converted to the 13 joints of skeleton.PAPER_13.

    poses (n, 13, 3): metres, float32, +y up, 50 frames a second; sequence such as "S9_Walking 1", frame from 0. The
    nose is the file's joint between neck and nose (14 of 32). root: see sequences.
    """
    parts, labels = [], []
    for subject, action, poses in sequences(root):
        parts.append(skeleton.convert(poses, "h36m_17"))
        labels.append((subject, action, len(poses)))
    if not parts:
        raise ValueError(f"{data_folder('h36m', root) / 'data_3d_h36m.npz'} holds no sequence; make the file again.")
    poses = np.concatenate(parts)
    del parts
    subjects, actions, counts = zip(*labels, strict=True)
    names = [f"S{subject}_{action}" for subject, action, _ in labels]
    return Motion(
        poses, skeleton.PAPER_13, np.repeat(subjects, counts), np.repeat(actions, counts), np.repeat(names, counts),
        np.concatenate([np.arange(count) for count in counts]),
    )  # fmt: skip


def keypoints(root=None, source: str = DETECTIONS) -> dict[tuple[int, str], list[np.ndarray]]:
    """Read 2D keypoints: {(subject, action): four arrays (frames, 17, 2), in the order of CAMERAS}.

    Pixels, float32, joints of skeleton.H36M_17; a video may have more frames than were captured. source: "gt" for
    projections, "cpn_ft_h36m_dbb" for detections; the file is data_2d_h36m_SOURCE.npz.
    Raises ValueError naming the file if its content is not as expected, FileNotFoundError if there is no file.
    """
    if not re.fullmatch(r"\w+", source):
        raise ValueError(f'expected a source such as "gt" or "cpn_ft_h36m_dbb", got {source[:40]!r}.')
    path = data_folder("h36m", root) / f"data_2d_h36m_{source}.npz"
    found, seen = {}, {}
    for subject, action, value in _subjects(path, "positions_2d"):
        views = items_of(value)
        if len(views) != len(CAMERAS):
            raise ValueError(f"{path}: expected {len(CAMERAS)} cameras for S{subject}, {action}, got {len(views)}.")
        where = f"S{subject}, {action}, camera"
        found[subject, action] = [
            _numbers(path, view, (17, 2), f"{where} {i}", seen).astype(np.float32) for i, view in enumerate(views)
        ]
    return found


@cache
def _calibration() -> dict:
    return json.loads(data_file("h36m_cameras.json").read_text())


def cameras(subject: int) -> dict[str, CalibratedCamera]:
    """Give the four calibrated cameras of a subject's recordings, by name: world (metres, +y up) to pixels.

    Raises ValueError for a subject whose cameras are not public. Distortion is OpenCV's. Its tangential part is twice
    that of the data set's own formula, at most 0.3 pixels more in the picture's middle half; VideoPose3D, which made
    the 2D file "gt", exchanges its two coefficients: up to 0.8 pixels there, 2 in the corners.
    """
    known = _calibration()["extrinsics"]
    if str(subject) not in known:
        raise ValueError(f"expected a subject with public cameras ({', '.join(known)}), got {subject}.")
    found = {}
    for name, place in zip(CAMERAS, known[str(subject)], strict=True):
        inner = _calibration()["intrinsics"][name]
        world_to_camera = np.eye(4)
        # the file's quaternion turns camera to world; its inverse, after the turn from +y up back to the file's world
        rotation = from_quaternion(place["orientation"]).T
        world_to_camera[:3, :3] = rotation @ FROM_FILE.T
        world_to_camera[:3, 3] = -rotation @ np.array(place["centre"]) / 1000
        intrinsics = np.diag([*inner["focal"], 1.0])
        intrinsics[:2, 2] = inner["principal"]
        k1, k2, k3 = inner["radial"]
        distortion = np.array([k1, k2, *inner["tangential"], k3])
        width, height = map(float, inner["size"])
        found[name] = CalibratedCamera(name, (width, height), world_to_camera, intrinsics, distortion)
    return found


def is_h36m(motion: Motion) -> bool:
    """Say whether a motion's sequences are named as load names them."""
    names = dict(zip(motion.sequence.tolist(), motion.subject.tolist(), strict=True))
    return bool(names) and all(
        subject in TRAIN + TEST and re.fullmatch(rf"S{subject}_(?!Seq\d+$).+", name)
        for name, subject in names.items()
    )


def split(motion: Motion) -> dict[str, np.ndarray]:
    """Split rows as usual: test S9 and S11, validation every fifth sequence of the others, train the rest."""
    test = np.isin(motion.subject, TEST)
    order = {name: i for i, name in enumerate(dict.fromkeys(motion.sequence[~test].tolist()))}
    validation = np.array([order.get(name, 0) % 5 == 4 for name in motion.sequence.tolist()], dtype=bool) & ~test
    rows = {"train": ~test & ~validation, "validation": validation, "test": test}
    return {name: np.flatnonzero(mask) for name, mask in rows.items()}
