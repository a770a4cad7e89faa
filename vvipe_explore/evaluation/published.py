"""The published retrieval protocol: Hit@k on Pr-VIPE's frames of Human3.6M and MPI-INF-3DHP.

Pr-VIPE published its test frames as lists of keys, one file for each camera; V-VIPE measured on the same frames.
`vvipe data fetch pr-vipe-frames` fetches the lists; the data sets need their own licences. The score is the mean over
all ordered pairs of cameras. A hit is an NP-MPJPE below 0.1: PA-MPJPE over the data set's own 17 joints, divided by the
torso's length, which is pelvis to spine plus spine to thorax (Human3.6M) or neck (3DHP).
"""

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .. import cameras, skeleton
from ..datasets import h36m, mpi_inf_3dhp
from ..datasets.frame_keys import CAMERAS, published_frames
from ..metrics import HIT_THRESHOLD, pa_mpjpe
from ..retrieval import nearest
from .cross_view import KS
from .markdown import markdown_table

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
"""Hit@1, @10, @20 in % as printed in the papers, on all cameras; the papers used other detectors."""

_TORSO = {"h36m": ("pelvis", "spine", "thorax"), "mpi_inf_3dhp": ("pelvis", "spine", "neck")}
_JOINTS = {"h36m": skeleton.H36M_17, "mpi_inf_3dhp": MPI_17}


@dataclass(frozen=True)
class View:
    """One camera's frames: poses (n, 17, 3) in one frame and unit, keypoints (n, 13, 2) in pixels, confidence."""

    camera: str
    poses: torch.Tensor
    keypoints: torch.Tensor
    confidence: torch.Tensor


def published_views(name: str, root=None, detected: bool = False, every: int | None = None) -> list[View]:
    """Read what each camera of the protocol sees. See evaluate_published for the arguments and errors."""
    if name not in CAMERAS:
        raise ValueError(f'expected the data set "h36m" or "mpi_inf_3dhp", got {name!r}.')
    if detected and name != "h36m":
        raise ValueError("no detections are distributed with MPI-INF-3DHP; measure on exact keypoints (GT) instead.")
    frames = _Frames(name, root, every)
    read = _read_h36m(frames, root, detected) if name == "h36m" else _read_mpi(frames, root)
    found: dict[str, list] = {camera: [] for camera in CAMERAS[name]}
    for camera, poses, keypoints in read:
        found[camera].append((poses, keypoints))
    frames.check_all_read()
    if not all(found.values()):
        raise ValueError("expected all sequences of the protocol's subjects, got none; check the data set's folder.")
    views = []
    for camera, parts in found.items():
        poses, keypoints = (torch.from_numpy(np.concatenate(arrays)) for arrays in zip(*parts, strict=True))
        views.append(View(camera, poses, keypoints, torch.ones(keypoints.shape[:-1])))
    return views


class _Frames:
    """Which frames of each sequence to measure on: the published ones, or one in every of all sequences."""

    def __init__(self, name: str, root, every: int | None):
        self.cameras, self.every = CAMERAS[name], every
        self.listed: dict[tuple[str, int, str], list[int]] = {}
        for camera, keys in ({} if every is not None else published_frames(name, root)).items():
            for subject, sequence, frame in keys:
                self.listed.setdefault((camera, subject, sequence), []).append(frame)
        self.unread = set(self.listed)

    def include(self, subject: int, sequence: str) -> bool:
        """Say whether any camera has frames of a sequence."""
        return self.every is not None or any((camera, subject, sequence) in self.listed for camera in self.cameras)

    def rows(self, camera: str, subject: int, sequence: str, count: int) -> list[int]:
        """Give a camera's frames of a sequence that has count frames. Raises ValueError if it is too short."""
        if self.every is not None:
            return list(range(0, count, self.every))
        self.unread.discard((camera, subject, sequence))
        rows = self.listed.get((camera, subject, sequence), [])
        if rows and max(rows) >= count:
            raise ValueError(
                f"expected frame {max(rows)} of S{subject}, {sequence}, got {count} frames; the data set was cut or "
                "has another frame rate. Prepare it again."
            )
        return rows

    def check_all_read(self) -> None:
        """Raise ValueError if the data set lacks sequences of the lists."""
        missing = sorted({f"S{subject} {sequence}" for _, subject, sequence in self.unread})
        if missing:
            raise ValueError(f"expected all sequences of the published frames, {len(missing)} are missing: "
                             f"{', '.join(missing)[:200]}. Add them to the data set.")  # fmt: skip


def _read_h36m(frames: _Frames, root, detected: bool) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Read poses and keypoints of Human3.6M, one sequence of one camera after another."""
    detections = h36m.keypoints(root) if detected else {}
    for subject, action, poses in h36m.sequences(root):
        if subject not in h36m.TEST or not frames.include(subject, action):
            continue
        calibrated = h36m.cameras(subject)
        for place, camera in enumerate(h36m.CAMERAS):
            rows = frames.rows(camera, subject, action, len(poses))
            if rows and detected:
                yield camera, poses[rows], _detections(detections, subject, action, place, rows)
            elif rows:
                yield camera, poses[rows], _projected(poses[rows], calibrated[camera])


def _projected(poses: np.ndarray, camera) -> np.ndarray:
    """Project poses (n, 17, 3) to exact keypoints (n, 13, 2)."""
    points = skeleton.convert(poses, "h36m_17").astype(np.float64)
    return cameras.project(points, camera.world_to_camera, camera.intrinsics, camera.distortion).astype(np.float32)


def _detections(detections: dict, subject: int, action: str, place: int, rows: list[int]) -> np.ndarray:
    """Give the detected keypoints (n, 13, 2) of one sequence and camera."""
    found = detections[subject, action][place] if (subject, action) in detections else np.empty((0, 17, 2))
    if max(rows) >= len(found):
        raise ValueError(
            f"data_2d_h36m_{h36m.DETECTIONS}.npz: expected {max(rows) + 1} frames of S{subject}, {action}, camera "
            f"{h36m.CAMERAS[place]}, got {len(found)}; fetch the file again."
        )
    return skeleton.convert(found[rows], "h36m_17")


def _read_mpi(frames: _Frames, root) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Read poses and keypoints of MPI-INF-3DHP, one sequence of one camera after another."""
    for subject, sequence, folder in mpi_inf_3dhp.sequences(root):
        if not frames.include(subject, sequence):
            continue
        poses, keypoints = (mpi_inf_3dhp.read_annotations(folder, name) for name in ("annot3", "annot2"))
        for camera in mpi_inf_3dhp.CAMERAS:
            rows = frames.rows(str(camera), subject, sequence, min(len(poses[camera]), len(keypoints[camera])))
            if rows:
                points = skeleton.convert(keypoints[camera][rows], "mpi_28")
                yield str(camera), skeleton.convert(poses[camera][rows], "mpi_28", MPI_17), points


def torso_lengths(poses: torch.Tensor, name: str) -> torch.Tensor:
    """Measure the torso of poses (n, 17, 3) over its two parts: (n). Raises ValueError for a length of 0."""
    low, middle, high = (poses[:, _JOINTS[name].index(joint)] for joint in _TORSO[name])
    length = (middle - low).norm(dim=-1) + (high - middle).norm(dim=-1)
    if (length == 0).any():
        row = int((length == 0).nonzero()[0])
        raise ValueError(f"expected a torso longer than 0, got 0 in pose {row}; the data set is damaged there.")
    return length


def hits_between(query: View, gallery: View, z_query, z_gallery, name: str, ks=KS, distance=None) -> dict[int, float]:
    """Measure Hit@k in % of one camera's frames among another's. z: embeddings of their keypoints, (n, d), (m, d)."""
    torso, hits = torso_lengths(query.poses, name), []
    for rows in torch.arange(len(z_query)).split(1024):
        found = nearest(z_query[rows], z_gallery, max(ks), distance)
        error = pa_mpjpe(gallery.poses[found], query.poses[rows][:, None]) / torso[rows][:, None]
        hits.append((error < HIT_THRESHOLD).cumsum(-1) > 0)
    hits = torch.cat(hits)
    return {k: 100 * hits[:, min(k, hits.shape[1]) - 1].float().mean().item() for k in ks}


@torch.inference_mode()
def evaluate_published(
    models: Mapping[str, Any],
    name: str,
    root=None,
    detected: bool = False,
    report: Callable[[dict], object] = lambda row: None,
    every: int | None = None,
) -> list[dict]:
    """Measure models (name -> embedder, or a class that makes one) by the published protocol.

    name: "h36m" or "mpi_inf_3dhp". root: the folder that holds the data set; pr-vipe-frames lies there, in VVIPE_DATA
    or in the download folder. detected: keypoints by a detector (Human3.6M: CPN), else exact ones. every: take one
    frame in every from each test sequence instead of the published ones, with a warning. report is called with each
    row. Gives a row for each model: {"method", "cameras", "keypoints", "data", "frames", "hit@1", "hit@10", "hit@20"};
    "cameras" says which frames. Raises ValueError or FileNotFoundError that names what is missing or wrong.
    """
    if every is not None and every < 1:
        raise ValueError(f"expected every >= 1, or None for the published frames, got {every}.")
    cameras_label = f"{name}, published frames"
    if every is not None:
        cameras_label = f"{name}, one frame in {every}, not the published ones"
        warnings.warn(f"measuring on {cameras_label}: do not compare the figures with published ones.", stacklevel=2)
    views, rows = published_views(name, root, detected, every), []
    for method, embedder in models.items():
        embedder = embedder() if isinstance(embedder, type) else embedder
        z = [embedder.embed_keypoints(view.keypoints, view.confidence) for view in views]
        distance = getattr(embedder, "distance", None)
        hits = [
            hits_between(views[i], views[j], z[i], z[j], name, KS, distance)
            for i, j in itertools.permutations(range(len(views)), 2)
        ]
        row = {"method": method, "cameras": cameras_label, "keypoints": "D" if detected else "GT"}
        row |= {"data": name, "frames": sum(len(view.poses) for view in views)}
        row |= {f"hit@{k}": sum(h[k] for h in hits) / len(hits) for k in KS}
        rows.append(row)
        report(row)
    return rows


def as_table(rows: list[dict]) -> str:
    """Write the rows of evaluate_published as a Markdown table, and below them what the papers printed."""
    lines = []
    for row in rows:
        lines.append([f"{row['method']}, {row['keypoints']}", row["cameras"], *_cells(row[f"hit@{k}"] for k in KS)])
    for data, keypoints in dict.fromkeys((row["data"], row["keypoints"]) for row in rows):
        for method, hits in PUBLISHED[data, keypoints].items():
            note = ", GT (as published)" if keypoints == "GT" else " (as published, another detector)"
            lines.append([method + note, f"{data}, published frames", *_cells(hits)])
    return markdown_table(["method", "frames", "Hit@1", "@10", "@20"], lines)


def _cells(hits: Iterable[float]) -> list[str]:
    return [f"{hit:.1f}" for hit in hits]
