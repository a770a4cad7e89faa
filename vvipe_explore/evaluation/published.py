"""The published retrieval protocol: Hit@k on Pr-VIPE's frames of Human3.6M and MPI-INF-3DHP.

Pr-VIPE published the frames on which it measured as lists of keys, one file a camera; V-VIPE measured on the same.
They are fetched with `vvipe data fetch pr-vipe-frames`; the data sets need their own licences. Every ordered pair of
cameras is queried, the mean over pairs is the score. A hit: NP-MPJPE below 0.1 over the data set's own 17 joints, one
pose moved onto the other, over the torso's length: pelvis to spine plus spine to thorax (Human3.6M) or neck (3DHP).
"""

import itertools
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .. import cameras, skeleton
from ..datasets import h36m, mpi_inf_3dhp
from ..datasets.frame_keys import CAMERAS, Key, published_frames
from ..metrics import HIT_THRESHOLD, pa_mpjpe
from ..retrieval import nearest

KS = (1, 10, 20)
MPI_17 = (
    "pelvis", "head", "neck", "head_top", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "spine", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
"""The joints of MPI-INF-3DHP over which Pr-VIPE measures."""

PUBLISHED = {
    ("h36m", "GT"): {"Pr-VIPE": (97.6, 99.9, 100.0), "V-VIPE": (89.7, 98.8, 99.4), "2D keypoints": (28.7, 47.1, 50.9)},
    ("h36m", "D"): {
        "Epipolar Pose": (69.0, 89.7, 92.7), "Pr-VIPE (D)": (72.1, 94.3, 96.8), "Pr-VIPE (D + A)": (70.9, 93.1, 96.0),
        "V-VIPE (D)": (70.0, 92.7, 95.6), "V-VIPE (D + A)": (69.0, 93.5, 96.3),
    },
    ("mpi_inf_3dhp", "GT"): {
        "Pr-VIPE": (42.6, 72.8, 79.1), "V-VIPE": (45.3, 76.2, 83.1), "2D keypoints": (9.8, 21.6, 25.5),
    },
    ("mpi_inf_3dhp", "D"): {
        "Epipolar Pose, trained on 3DHP": (24.6, 53.2, 61.3), "Pr-VIPE (D)": (17.9, 44.7, 64.1),
        "Pr-VIPE (D + A)": (25.4, 55.6, 64.1), "V-VIPE (D)": (23.5, 54.3, 64.0), "V-VIPE (D + A)": (26.9, 59.0, 68.2),
    },
}  # fmt: skip
"""Hit@1, @10, @20 in % as printed in the papers, on all cameras; their detectors are not the ones used here."""

_TORSO = {"h36m": ("pelvis", "spine", "thorax"), "mpi_inf_3dhp": ("pelvis", "spine", "neck")}
_JOINTS = {"h36m": skeleton.H36M_17, "mpi_inf_3dhp": MPI_17}


@dataclass(frozen=True)
class View:
    """What one camera sees: poses (n, 17, 3) in any one frame and unit, keypoints (n, 13, 2) in pixels, confidence."""

    camera: str
    poses: torch.Tensor
    keypoints: torch.Tensor
    confidence: torch.Tensor


def published_views(name: str, root=None, detected: bool = False, every: int | None = None) -> list[View]:
    """What every camera of the protocol sees on its frames. See evaluate_published for the arguments and errors."""
    if name not in CAMERAS:
        raise ValueError(f'unknown data set {name!r}; "h36m" or "mpi_inf_3dhp" was wanted.')
    if detected and name != "h36m":
        raise ValueError("no detections are distributed with MPI-INF-3DHP; only exact keypoints (GT) can be measured.")
    frames = published_frames(name, root) if every is None else None
    return (_h36m_views if name == "h36m" else _mpi_views)(frames, root, detected, every)


def _rows(wanted: list[Key] | None, subject: int, sequence: str, count: int, every: int | None) -> list[int]:
    """The frames of one sequence that are wanted. Raises ValueError if the sequence is shorter than that."""
    if wanted is None:
        return list(range(0, count, every))
    rows = [frame for _, _, frame in wanted]
    if rows and max(rows) >= count:
        raise ValueError(
            f"the published frames have frame {max(rows)} of S{subject}, {sequence}, which has {count} frames here; "
            "the data set was prepared in another way (another frame rate, or cut)."
        )
    return rows


def _by_sequence(frames: dict[str, list[Key]] | None) -> dict[str, dict[tuple[int, str], list[Key]]]:
    """The frames of each camera, sequence by sequence."""
    found: dict[str, dict] = {}
    for camera, keys in (frames or {}).items():
        for key in keys:
            found.setdefault(camera, {}).setdefault(key[:2], []).append(key)
    return found


class _Gathered:
    """Rows of every camera, put together sequence by sequence."""

    def __init__(self, name: str, frames, every: int | None):
        self.cameras, self.every = CAMERAS[name], every
        self.wanted = _by_sequence(frames) if frames is not None else None
        self.parts = {camera: ([], []) for camera in self.cameras}
        self.left = {(c, s) for c, sequences in (self.wanted or {}).items() for s in sequences}

    def wants(self, subject: int, sequence: str) -> bool:
        """Whether any camera has frames of a sequence."""
        return self.wanted is None or any((subject, sequence) in s for s in self.wanted.values())

    def rows(self, camera: str, subject: int, sequence: str, count: int) -> list[int]:
        """The rows of a sequence that a camera's list has."""
        wanted = None if self.wanted is None else self.wanted[camera].get((subject, sequence), [])
        self.left.discard((camera, (subject, sequence)))
        return _rows(wanted, subject, sequence, count, self.every)

    def add(self, camera: str, poses: np.ndarray, keypoints: np.ndarray) -> None:
        self.parts[camera][0].append(poses)
        self.parts[camera][1].append(keypoints)

    def views(self) -> list[View]:
        """All rows. Raises ValueError if sequences of the lists were not there."""
        if self.left:
            missing = sorted({f"S{subject} {sequence}" for _, (subject, sequence) in self.left})
            raise ValueError(f"the data set lacks {len(missing)} sequences of the published frames: "
                             f"{', '.join(missing)[:200]}. All were wanted.")  # fmt: skip
        made = []
        for camera, (poses, keypoints) in self.parts.items():
            if not poses:
                raise ValueError("the data set holds no sequence of the protocol's people. All were wanted.")
            seen = torch.from_numpy(np.concatenate(keypoints))
            made.append(View(camera, torch.from_numpy(np.concatenate(poses)), seen, torch.ones(seen.shape[:-1])))
        return made


def _h36m_views(frames, root, detected: bool, every: int | None) -> list[View]:
    gathered = _Gathered("h36m", frames, every)
    seen = h36m.keypoints(root) if detected else {}
    for subject, action, poses in h36m.sequences(root):
        if subject not in h36m.TEST or not gathered.wants(subject, action):
            continue
        calibrated = h36m.cameras(subject)
        for place, camera in enumerate(h36m.CAMERAS):
            rows = gathered.rows(camera, subject, action, len(poses))
            if not rows:
                continue
            if detected:
                keypoints = _detections(seen, subject, action, place, rows)
            else:
                keypoints = _projected(poses[rows], calibrated[camera])
            gathered.add(camera, poses[rows], keypoints)
    return gathered.views()


def _projected(poses: np.ndarray, camera) -> np.ndarray:
    """Exact keypoints (n, 13, 2) of poses (n, 17, 3)."""
    points = skeleton.convert(poses, "h36m_17").astype(np.float64)
    seen = cameras.project(points, camera.world_to_camera, camera.intrinsics, camera.distortion)
    return seen.astype(np.float32)


def _detections(seen: dict, subject: int, action: str, place: int, rows: list[int]) -> np.ndarray:
    """Detected keypoints (n, 13, 2) of one sequence and camera."""
    found = seen.get((subject, action))
    if found is None or max(rows) >= len(found[place]):
        count = 0 if found is None else len(found[place])
        raise ValueError(f"data_2d_h36m_{h36m.DETECTIONS}.npz has {count} frames of S{subject}, {action}, camera "
                         f"{h36m.CAMERAS[place]}; {max(rows) + 1} were wanted.")  # fmt: skip
    return skeleton.convert(found[place][rows], "h36m_17")


def _mpi_views(frames, root, detected: bool, every: int | None) -> list[View]:
    gathered = _Gathered("mpi_inf_3dhp", frames, every)
    for subject, sequence, folder in mpi_inf_3dhp.sequences(root):
        if not gathered.wants(subject, sequence):
            continue
        poses = mpi_inf_3dhp.read_annotations(folder, "annot3")
        keypoints = mpi_inf_3dhp.read_annotations(folder, "annot2")
        for camera in mpi_inf_3dhp.CAMERAS:
            count = min(len(poses[camera]), len(keypoints[camera]))
            rows = gathered.rows(str(camera), subject, sequence, count)
            if rows:
                seen = skeleton.convert(keypoints[camera][rows], "mpi_28")
                gathered.add(str(camera), skeleton.convert(poses[camera][rows], "mpi_28", MPI_17), seen)
    return gathered.views()


def torso_lengths(poses: torch.Tensor, name: str) -> torch.Tensor:
    """The torso's length of poses (n, 17, 3), of two parts: (n). Raises ValueError if one has none."""
    low, middle, high = (poses[:, _JOINTS[name].index(joint)] for joint in _TORSO[name])
    length = (middle - low).norm(dim=-1) + (high - middle).norm(dim=-1)
    if (length == 0).any():
        raise ValueError("a pose has a torso without length; the data set is damaged there.")
    return length


def hits_between(query: View, gallery: View, z_query, z_gallery, name: str, ks=KS, distance=None) -> dict[int, float]:
    """Hit@k in % of one camera's frames among another's. z: embeddings of their keypoints, (n, d) and (m, d)."""
    torso, hits = torso_lengths(query.poses, name), []
    for rows in torch.arange(len(z_query)).split(1024):
        found = nearest(z_query[rows], z_gallery, max(ks), distance)
        error = pa_mpjpe(gallery.poses[found], query.poses[rows][:, None]) / torso[rows][:, None]
        hits.append((error < HIT_THRESHOLD).cumsum(-1) > 0)
    hits = torch.cat(hits)
    return {k: 100 * hits[:, min(k, hits.shape[1]) - 1].float().mean().item() for k in ks}


@torch.inference_mode()
def evaluate_published(
    models: dict[str, object],
    name: str,
    root=None,
    detected: bool = False,
    report: Callable[[dict], None] = lambda row: None,
    every: int | None = None,
) -> list[dict]:
    """Measure models (name -> embedder, or a class that makes one) by the published protocol.

    name: "h36m" or "mpi_inf_3dhp". root: the folder that holds it (and pr-vipe-frames, unless VVIPE_DATA or the
    download folder does). detected: keypoints by the detector (Human3.6M: CPN), else exact ones. every: take each
    test sequence's every-th frame instead of the published ones, with a warning. report is called with each row.
    Gives one row a model: {"method", "cameras", "keypoints", "frames", "hit@1", "hit@10", "hit@20"}; "cameras" says
    which frames. Raises ValueError or FileNotFoundError that names what is missing or wrong.
    """
    if every is not None and every < 1:
        raise ValueError(f"every is {every}; a number of at least 1, or None for the published frames, was wanted.")
    cameras_label = f"{name}, published frames"
    if every is not None:
        cameras_label = f"{name}, every {every}. frame, not the published ones"
        warnings.warn(f"measuring on {cameras_label}: figures do not compare with published ones.", stacklevel=2)
    seen, rows = published_views(name, root, detected, every), []
    for method, embedder in models.items():
        embedder = embedder() if isinstance(embedder, type) else embedder
        z = [embedder.embed_keypoints(view.keypoints, view.confidence) for view in seen]
        distance = getattr(embedder, "distance", None)
        hits = [
            hits_between(seen[i], seen[j], z[i], z[j], name, KS, distance)
            for i, j in itertools.permutations(range(len(seen)), 2)
        ]
        row = {"method": method, "cameras": cameras_label, "keypoints": "D" if detected else "GT"}
        row |= {"data": name, "frames": sum(len(view.poses) for view in seen)}
        row |= {f"hit@{k}": sum(h[k] for h in hits) / len(hits) for k in KS}
        rows.append(row)
        report(row)
    return rows


def as_table(rows: list[dict]) -> str:
    """The rows of evaluate_published as a Markdown table, what the papers printed below, each so labelled."""
    lines = ["| method | frames | Hit@1 | @10 | @20 |", "|---|---|---|---|---|"]
    for row in rows:
        cells = " | ".join(f"{row[f'hit@{k}']:.1f}" for k in KS)
        lines.append(f"| {row['method']}, {row['keypoints']} | {row['cameras']} | {cells} |")
    for key in dict.fromkeys((row["data"], row["keypoints"]) for row in rows):
        for method, hits in PUBLISHED[key].items():
            cells = " | ".join(f"{hit:.1f}" for hit in hits)
            label = f"{method}{', GT' if key[1] == 'GT' else ''} (as published"
            label += ", another detector)" if key[1] == "D" else ")"
            lines.append(f"| {label} | {key[0]}, published frames | {cells} |")
    return "\n".join(lines)
