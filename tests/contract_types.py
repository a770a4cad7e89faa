"""The public contract as typed code. basedpyright checks it in `make test`; nothing runs it."""

from pathlib import Path
from typing import assert_type

import numpy as np
import torch
from torch import Tensor

import vvipe_explore as vv
from vvipe_explore.alignment import Canonical
from vvipe_explore.datasets import Detections, Motion
from vvipe_explore.lift import Lifted, lift_sequence
from vvipe_explore.models import VVIPE, Embedder


def models(path: Path, g: torch.Generator) -> None:
    model = assert_type(vv.load_pretrained(), VVIPE)
    model = assert_type(vv.load_pretrained(keypoints="exact"), VVIPE)
    assert_type(model.sample(5, temperature=1.0, generator=g), Tensor)
    model.save(path)
    loaded = assert_type(vv.load(path), Embedder)
    loaded.embed_keypoints(np.zeros((4, 13, 2)), None)


def tensors(model: VVIPE, poses: Tensor, keypoints: Tensor, confidence: Tensor) -> None:
    z = assert_type(model.embed_poses(poses), Tensor)
    assert_type(model.embed_keypoints(keypoints, confidence), Tensor)
    assert_type(model.embed_keypoints(keypoints), Tensor)
    model.embed_keypoints(keypoints, None)
    assert_type(model.decode(z), Tensor)
    assert_type(model.lift(keypoints, confidence), Tensor)
    assert_type(vv.latent.interpolate(z[0], z[1], 5), Tensor)
    assert_type(vv.alignment.canonicalise(poses), Canonical)
    assert_type(vv.metrics.mpjpe(poses, poses), Tensor)
    assert_type(vv.metrics.pa_mpjpe(poses, poses), Tensor)
    assert_type(vv.metrics.np_mpjpe(poses, poses), Tensor)
    hits = vv.retrieval.hit_at_k(z, z, poses, poses, ks=(1, 10, 20), distance=None)
    assert_type(hits, dict[int, float])
    vv.retrieval.hit_at_k(z, z, poses, poses, distance=lambda a, b: torch.cdist(a, b, p=1))


def arrays(model: VVIPE, poses: np.ndarray, keypoints: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    z: np.ndarray = model.embed_poses(poses)
    z = model.embed_keypoints(keypoints, confidence)
    z = model.embed_keypoints(keypoints, None)
    pose: np.ndarray = model.decode(z)
    pose = model.lift(keypoints, confidence)
    path: np.ndarray = vv.latent.interpolate(z[0], z[1], steps=5)
    canon = vv.alignment.canonicalise(poses)
    errors: np.ndarray = vv.metrics.np_mpjpe(poses, pose)
    hits: dict[int, float] = vv.retrieval.hit_at_k(z, z, poses, poses)
    assert hits[1] > 0
    both = np.concatenate([canon.poses, canon.rotation, canon.translation[:, None], canon.restore()], axis=1)
    return both * canon.scale.mean() + errors[0] + path.sum()


def data(root: Path) -> None:
    loaded = (vv.datasets.load("synthetic"), vv.datasets.load("cmu", root=root))
    read = (vv.datasets.read_bvh(root), vv.datasets.read_motion(root, joints={"nose": "Head"}, unit="cm", rate=30))
    for motion in (*loaded, *read):
        assert_type(motion, Motion)
        assert_type(motion.poses, np.ndarray)
        print(motion.joint_names, motion.subject, motion.action, motion.sequence, motion.frame)
    kp = assert_type(vv.datasets.read_detections(root), Detections)
    one = kp[kp.choice().rows]
    keypoints, confidence = one.to_paper_13()
    print(kp.keypoints, kp.confidence, kp.joint_names, kp.frame, kp.person, kp.n_frames, keypoints, confidence)
    points: np.ndarray = vv.skeleton.convert(kp.keypoints, kp.joint_names, "paper_13")
    print(points)


def pages(model: VVIPE, keypoints: np.ndarray, confidence: np.ndarray, frame: np.ndarray) -> None:
    app = vv.explorer.PoseExplorer(model)
    assert_type(app.save_html("explorer.html"), Path)
    lifted = assert_type(lift_sequence(model, keypoints, confidence, frame, 90, 30.0), Lifted)
    print(lifted.poses, lifted.seen, lifted.there, lifted.rotation)
