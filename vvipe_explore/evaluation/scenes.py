"""Questions about people whose answer is what the canonical frame takes away, and one whose answer it keeps.

    upright or lying         one pose, stood up or laid on its front or back
    bow or leg raise         one pose: a bow, or the same body on its back with the legs in the air
    left or right turn       two frames of one recording, the second turned about the vertical
    face to face             two recordings side by side that face one another, or stand back to back
    towards or away          a walk or a run, seen from before or from behind
    which activity           one of six, trained on views from before and tested from behind: the canonical frame helps

No such scenes were recorded: all are built, from single recordings that are set into the room at known headings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise, restore
from ..datasets.motion import Motion
from ..plots import strip
from ..retrieval import nearest
from ..training.turns import about
from .alignments import lean

ACTIVITIES = ("sit", "wave", "punch", "kick", "throw", "jumping_jack")


@dataclass(frozen=True)
class Scenes:
    """Built scenes of one question: n scenes of one or two views each.

    poses (n, views, 13, 3): world, metres. keypoints (n, views, 13, 2): pixels. labels (n): the right one of answers.
    test (n): scenes that are kept for the test, of people (and for the activity of sides) that training does not show.
    """

    answers: tuple[str, ...]
    poses: Tensor
    keypoints: Tensor
    labels: Tensor
    test: Tensor


def placed(motion: Motion, rows, leans: Tensor, headings: Tensor) -> Float[Tensor, "n 13 3"]:
    """Set poses into the room, mid-hip at the origin: trunks lean forward, people face headings; (n) degrees each."""
    found = canonicalise(torch.from_numpy(motion.poses[rows]))
    leaning = found.poses @ about("x", leans).mT
    return restore(leaning, about("y", headings).mT, torch.zeros_like(found.translation), found.scale)


def show_lean(motion: Motion, row: int, lean: float = 40.0, heading: float = 60.0) -> None:
    """Draw a pose that leans forward by so many degrees in the room, beside its canonical pose; for a slider."""
    one = placed(motion, [row], torch.tensor([float(lean)]), torch.tensor([float(heading)]))
    strip(torch.cat([one, canonicalise(one).poses]), ["in the room", "canonical"], gap=1.6)


def build(motion: Motion, n: int = 800, seed: int = 0) -> dict[str, Scenes]:
    """Build n scenes of each question from motion with synthetic's activities; the last quarter of its people tests."""
    makers = (_upright_or_lying, _bow_or_leg_raise, _left_or_right, _face_to_face, _towards_or_away, _which_activity)
    found = {}
    for maker in makers:
        scenes = maker(motion, n, np.random.default_rng(seed))
        found[maker.__name__[1:].replace("_", " ")] = scenes
    return found


def _sample(motion: Motion, actions: Sequence[str], n: int, rng) -> np.ndarray:
    return rng.choice(np.flatnonzero(np.isin(motion.action, actions)), n)


def _testers(motion: Motion, rows) -> Tensor:
    people = np.unique(motion.subject)
    return torch.from_numpy(motion.subject[rows] > people[-1 - len(people) // 4])


def _degrees(rng, n: int, low: float = -180, high: float = 180) -> Tensor:
    return torch.from_numpy(rng.uniform(low, high, n)).float()


def _labels(rng, n: int) -> Tensor:
    return torch.from_numpy(rng.permutation(np.arange(n) % 2))


def _orbit(rng, n: int, azimuth: Tensor) -> cameras.Orbit:
    """Place cameras 5 m away at these azimuths, nearly level: within 10 degrees in elevation and roll."""
    return cameras.Orbit(azimuth, _degrees(rng, n, -10, 10), _degrees(rng, n, -10, 10), torch.full((n,), 5.0))


def _upright_or_lying(motion, n, rng):
    rows = _sample(motion, ("walk", "wave", "reach", "crawl", "push_up"), n, rng)
    labels, side = _labels(rng, n), 90.0 * torch.from_numpy(rng.choice([-1, 1], n)).float()
    poses = placed(motion, rows, labels * side, _degrees(rng, n))
    keypoints = cameras.view(poses, _orbit(rng, n, _degrees(rng, n)))
    return Scenes(("upright", "lying"), poses[:, None], keypoints[:, None], labels, _testers(motion, rows))


def _bow_or_leg_raise(motion, n, rng):
    deep = lean(torch.from_numpy(motion.poses)).numpy() > 30
    rows = rng.choice(np.flatnonzero((motion.action == "bow") & deep), n)
    labels, recorded = _labels(rng, n), lean(torch.from_numpy(motion.poses[rows]))
    poses = placed(motion, rows, torch.where(labels > 0, -90.0, recorded), _degrees(rng, n))
    keypoints = cameras.view(poses, _orbit(rng, n, _degrees(rng, n)))
    return Scenes(("bow", "leg raise"), poses[:, None], keypoints[:, None], labels, _testers(motion, rows))


def _left_or_right(motion, n, rng):
    rows = _sample(motion[:-15], ("walk", "run", "reach", "wave"), n, rng)
    later = np.where(motion.sequence[rows + 15] == motion.sequence[rows], rows + 15, rows)
    labels, heading, turn = _labels(rng, n), _degrees(rng, n), _degrees(rng, n, 25, 100)
    ends = (rows, heading), (later, heading + (1 - 2 * labels) * turn)
    poses = torch.stack([placed(motion, where, torch.zeros(n), facing) for where, facing in ends], 1)
    keypoints = cameras.view(poses.flatten(0, 1), _orbit(rng, 2 * n, torch.zeros(2 * n))).unflatten(0, (n, 2))
    return Scenes(("left", "right"), poses, keypoints, labels, _testers(motion, rows))


def _face_to_face(motion, n, rng):
    labels, azimuth = _labels(rng, n), _degrees(rng, n)
    across = azimuth + 90 + _degrees(rng, n, -40, 40)  # the direction from the left person of the picture to the right
    way = torch.stack([torch.deg2rad(across).sin(), torch.zeros(n), torch.deg2rad(across).cos()], -1)
    rows = _sample(motion, ("wave", "reach", "punch", "throw"), n, rng)
    partner = np.array([rng.choice(np.flatnonzero(motion.subject == who)) for who in motion.subject[rows]])
    poses = []
    for people, end, turn in ((rows, -0.8, 0.0), (partner, 0.8, 180.0)):
        heading = across + turn + 180 * labels + _degrees(rng, n, -15, 15)
        poses.append(placed(motion, people, torch.zeros(n), heading) + (end * way)[:, None])
    stage = cameras.orbit_cameras(_orbit(rng, n, azimuth), torch.zeros(n, 3))
    both = torch.stack(poses, 1)
    keypoints = cameras.project(both, stage[:, None], cameras.intrinsics())
    return Scenes(("face to face", "back to back"), both, keypoints, labels, _testers(motion, rows))


def _towards_or_away(motion, n, rng):
    rows, labels, azimuth = _sample(motion, ("walk", "run"), n, rng), _labels(rng, n), _degrees(rng, n)
    poses = placed(motion, rows, torch.zeros(n), azimuth + 180 * labels + _degrees(rng, n, -60, 60))
    keypoints = cameras.view(poses, _orbit(rng, n, azimuth))
    return Scenes(("towards", "away"), poses[:, None], keypoints[:, None], labels, _testers(motion, rows))


def _which_activity(motion, n, rng):
    rows = _sample(motion, ACTIVITIES, n, rng)
    test = _testers(motion, rows)
    from_before = _degrees(rng, n, -45, 45)
    poses = placed(motion, rows, torch.zeros(n), torch.zeros(n))
    keypoints = cameras.view(poses, _orbit(rng, n, torch.where(test, from_before + 180, from_before)))
    labels = torch.tensor([ACTIVITIES.index(action) for action in motion.action[rows]])
    return Scenes(ACTIVITIES, poses[:, None], keypoints[:, None], labels, test)


def with_orientation(z: Float[Tensor, "n views d"], rotation: Float[Tensor, "n views 3 3"]) -> list[Tensor]:
    """Give back the orientation: the embeddings, every rotation, and the last as seen from the first."""
    between = rotation[:, -1] @ rotation[:, 0].mT
    return [z.flatten(1), rotation.flatten(1).to(z), between.flatten(1).to(z)]


def solve(
    blocks: Sequence[Float[Tensor, "n _"]], scenes: Scenes, k: int = 5, weights: Sequence[float] | None = None
) -> dict[str, float]:
    """Answer the test's scenes from features, by k nearest neighbours and by a linear probe; gives % right of each.

    blocks: features; each block is scaled to one size, or to its weight, so that none drowns the others. The probe is a
    ridge regression to one number an answer.
    """
    centred = [block - block.mean(0) for block in blocks]
    sized = [block / block.norm(dim=1).mean().clamp_min(1e-9) for block in centred]
    scaled = torch.cat([w * block for w, block in zip(weights or [1] * len(sized), sized, strict=True)], 1)
    train, test, truth = scaled[~scenes.test], scaled[scenes.test], scenes.labels[scenes.test]
    wanted = torch.nn.functional.one_hot(scenes.labels[~scenes.test], len(scenes.answers)).float()
    votes = wanted[nearest(test, train, k)].sum(1)
    one = torch.ones(len(scaled), 1)
    x = torch.cat([train, one[: len(train)]], 1)
    weight = torch.linalg.solve(x.T @ x + 1e-2 * torch.eye(x.shape[1]), x.T @ wanted)
    probed = torch.cat([test, one[: len(test)]], 1) @ weight
    return {
        name: 100 * (scores.argmax(1) == truth).float().mean().item()
        for name, scores in (("nearest neighbours", votes), ("linear probe", probed))
    }
