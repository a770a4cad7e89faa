"""World poses seen by cameras: what every 2D network is trained on."""

from collections.abc import Callable

import torch
from torch import Tensor

from .. import cameras
from ..alignment import Canonical, canonicalise, restore
from ..skeleton import mirror
from .augment import AS_RECORDED, Augmentation, other_body, other_pose, tilt
from .detector_errors import EXACT, DetectorErrors, detector_errors, drop_joints


def with_mirrored(poses: Tensor) -> Tensor:
    """Append the poses mirrored left to right: (n, 13, 3) -> (2 n, 13, 3)."""
    return torch.cat([poses, mirror(poses)])


def sample_rows(n: int, batch: int, generator: torch.Generator) -> Tensor:
    """Sample the rows of a batch with replacement: (batch) long, below n."""
    return torch.randint(n, (batch,), generator=generator)


AMONG = 20
"""Similar poses are the nearest of one in so many poses: alike, and yet not all next to one another in a recording."""


def similar_rows(poses: Tensor, batch: int, similar: int, generator: torch.Generator) -> Tensor:
    """Sample the rows of a batch in groups of so many similar poses: one at random, and its nearest among some.

    poses (n, 13, 3): canonical.
    """
    flat, n = poses.flatten(1), len(poses)
    first = sample_rows(n, batch // similar, generator)
    among = sample_rows(n, max(similar, n // AMONG), generator)
    near = torch.cdist(flat[first], flat[among]).topk(similar - 1, largest=False).indices
    return torch.cat([first[:, None], among[near]], dim=1).flatten()


class ProjectedPoses:
    """Batches of world poses, and what a camera of its own sees of each.

    poses (n, 13, 3): world, metres; their mirror images are added. random_cameras: the augmentation "+ A"; else the
    protocol's seen cameras. augmentation: changes of the body and the limbs. errors: what happens to the keypoints.
    similar: how many poses of a batch resemble one another, 1 for poses at random. align: the alignment of the poses to
    learn. Raises ValueError if it is not the paper's and there is an augmentation, which works in the paper's frame, or
    if batch is no multiple of similar.
    """

    def __init__(
        self,
        poses: Tensor,
        random_cameras: bool = True,
        augmentation: Augmentation = AS_RECORDED,
        errors: DetectorErrors = EXACT,
        batch: int = 512,
        align: Callable[[Tensor], Canonical] = canonicalise,
        similar: int = 1,
    ):
        if augmentation and align is not canonicalise:
            raise ValueError("expected no augmentation with another alignment, got both; leave one of them out.")
        if batch % similar:
            raise ValueError(
                f"expected a batch in groups of similar poses, got {batch} poses in groups of {similar}; "
                f"make it a multiple of {similar}."
            )
        self.random_cameras, self.augmentation, self.errors = random_cameras, augmentation, errors
        self.batch, self.similar = batch, similar
        self.align, self.poses = align, with_mirrored(poses)
        self.stored = align(self.poses)

    def sample(
        self, generator: torch.Generator, bodies: int = 1, differ: float = 1.0
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Sample a batch: world poses, the same in the canonical frame, and the rows that they come from.

        bodies: on how many bodies each pose is put; all poses on the first come first, then all on the second.
        differ: the part of the poses whose second body is another one; the rest has the first one twice.
        """
        if self.similar > 1:
            rows = similar_rows(self.stored.poses, self.batch, self.similar, generator)
        else:
            rows = sample_rows(len(self.poses), self.batch, generator)
        if not self.augmentation:
            rows = rows.repeat(bodies)
            return self.poses[rows], self.stored.poses[rows], rows
        posed = other_pose(self.stored.poses[rows], self.augmentation, generator)
        rows = rows.repeat(bodies)
        made = other_body(posed.repeat(bodies, 1, 1), self.augmentation, generator)
        if bodies == 2 and differ < 1:
            first, second = made.chunk(2)
            other = torch.rand(len(first), 1, 1, generator=generator) < differ
            made = torch.cat([first, torch.where(other, second, first)])
        frame = self.stored
        standing = tilt(made, self.augmentation.tilt_deg, generator) if self.augmentation.tilt_deg else made
        world = restore(standing, frame.rotation[rows], frame.translation[rows], frame.scale[rows])
        return world, canonicalise(made).poses, rows

    def see(self, poses: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Give keypoints and confidence of each world pose from a camera of its own, with the protocol's errors."""
        keypoints = self._project(poses, generator)
        if self.errors.detected:
            return detector_errors(keypoints, generator)
        return keypoints, torch.ones(len(poses), 13)

    def see_in_training(self, poses: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Give the same with every error that errors names: joints go missing, or are misplaced."""
        keypoints, confidence = self._project(poses, generator), torch.ones(len(poses), 13)
        e = self.errors
        if e.detected:
            keypoints, confidence = detector_errors(keypoints, generator, e.misplaced_prob, e.min_noise_scale)
        return keypoints, drop_joints(confidence, e.max_missing, e.missing_prob, generator)

    def _project(self, poses: Tensor, generator: torch.Generator) -> Tensor:
        n = len(poses)
        if self.random_cameras:
            orbit = cameras.random_orbit(n, generator)
        else:
            orbit = cameras.fixed_orbit(torch.tensor(cameras.SEEN)[sample_rows(len(cameras.SEEN), n, generator)])
        return cameras.view(poses, orbit)
