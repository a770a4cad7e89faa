"""Pinhole cameras: world to camera, projection, and the cameras that the evaluation uses.

Conventions:
    camera point  = world_to_camera[:3, :3] @ world point + world_to_camera[:3, 3]     x right, y down, z forward
    pixel         = (fx x / z + cx, fy y / z + cy)                                     x right, y down
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import any_floats, arrays, joints_3d
from .skeleton import mid_hip

IMAGE_SIZE = 1000.0
FOCAL_LENGTH = 1145.0
DISTANCE = 5.0
SEEN = ((45.0, 10.0, 0.0), (135.0, 10.0, 0.0), (225.0, 10.0, 0.0), (315.0, 10.0, 0.0))
UNSEEN = ((0.0, 0.0, 0.0), (70.0, -10.0, 5.0), (160.0, 25.0, -8.0), (250.0, 5.0, 0.0), (320.0, -20.0, 10.0))
"""The evaluation's cameras: (azimuth, elevation, roll) in degrees, DISTANCE metres from the mid-hip."""


@dataclass(frozen=True)
class Orbit:
    """Cameras on spheres around the person: azimuth, elevation, roll in degrees, distance in metres; all (...)."""

    azimuth: Float[Tensor, "*batch"]
    elevation: Float[Tensor, "*batch"]
    roll: Float[Tensor, "*batch"]
    distance: Float[Tensor, "*batch"]


def intrinsics(focal: float = FOCAL_LENGTH, size: float = IMAGE_SIZE) -> Float[Tensor, "3 3"]:
    """Give the pinhole matrix of a square picture, size pixels wide, with the principal point in its middle."""
    return torch.tensor([[focal, 0.0, size / 2], [0.0, focal, size / 2], [0.0, 0.0, 1.0]])


def random_orbit(
    n: int,
    generator: torch.Generator | None = None,
    azimuth: float = 180.0,
    elevation: float = 30.0,
    roll: float = 30.0,
    distance: tuple[float, float] = (3.0, 7.0),
) -> Orbit:
    """Sample n cameras uniformly: azimuth, elevation and roll within +- the given degrees, distance in metres.

    The defaults are the camera augmentation "+ A" of Pr-VIPE and V-VIPE.
    """
    u = torch.rand(4, n, generator=generator)
    a, e, r = ((2 * u[i] - 1) * limit for i, limit in enumerate((azimuth, elevation, roll)))
    return Orbit(a, e, r, distance[0] + u[3] * (distance[1] - distance[0]))


def fixed_orbit(cameras=SEEN, distance: float = DISTANCE) -> Orbit:
    """Make one Orbit of a list of (azimuth, elevation, roll), all at the same distance."""
    azimuth, elevation, roll = torch.as_tensor(cameras, dtype=torch.float32).reshape(-1, 3).unbind(-1)
    return Orbit(azimuth, elevation, roll, torch.full_like(azimuth, distance))


@arrays(centre=any_floats, target=any_floats)
def look_at(
    centre: Float[Tensor, "*batch 3"],
    target: Float[Tensor, "*batch 3"],
    roll: float | Float[Tensor, "*batch"] = 0.0,
) -> Float[Tensor, "*batch 4 4"]:
    """Give world_to_camera for cameras at centre that look at target, +y up in the world, roll in degrees.

    forward f = normalise(target - centre), x = normalise(f x (0, 1, 0)), y = f x x, R = Rz(roll) [x; y; f].
    Raises ValueError if a camera looks straight up or down, because then its roll is undefined.
    """
    forward = torch.nn.functional.normalize(target - centre, dim=-1)
    up = torch.tensor([0.0, 1.0, 0.0], dtype=forward.dtype, device=forward.device).expand_as(forward)
    right = torch.linalg.cross(forward, up)
    if (right.norm(dim=-1) < 1e-6).any():
        raise ValueError(
            "expected cameras that do not look straight up or down, got one that does (or stands on its target), so "
            "its roll is undefined; move its centre off the vertical through the target."
        )
    right = torch.nn.functional.normalize(right, dim=-1)
    unrolled = torch.stack([right, torch.linalg.cross(forward, right), forward], dim=-2)
    rotation = _rz(torch.as_tensor(roll, dtype=forward.dtype, device=forward.device)) @ unrolled
    return _rigid(rotation, -(rotation @ centre[..., None])[..., 0])


def _rz(degrees: Tensor) -> Tensor:
    c, s = torch.cos(torch.deg2rad(degrees)), torch.sin(torch.deg2rad(degrees))
    zero, one = torch.zeros_like(c), torch.ones_like(c)
    rows = [torch.stack(row, -1) for row in ((c, -s, zero), (s, c, zero), (zero, zero, one))]
    return torch.stack(rows, dim=-2)


def _rigid(rotation: Tensor, translation: Tensor) -> Tensor:
    top = torch.cat([rotation, translation[..., None]], dim=-1)
    bottom = torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=top.dtype, device=top.device).expand(*top.shape[:-2], 1, 4)
    return torch.cat([top, bottom], dim=-2)


def orbit_centre(orbit: Orbit, target: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """Give where the cameras stand: target + distance (cos e sin a, sin e, cos e cos a), in world axes."""
    a, e = (torch.deg2rad(angle.to(target.dtype)) for angle in (orbit.azimuth, orbit.elevation))
    direction = torch.stack([e.cos() * a.sin(), e.sin(), e.cos() * a.cos()], dim=-1)
    return target + orbit.distance.to(target.dtype)[..., None] * direction


def orbit_cameras(orbit: Orbit, target: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 4 4"]:
    """Give world_to_camera for an orbit's cameras; each looks at its own target, in metres (usually the mid-hip)."""
    return look_at(orbit_centre(orbit, target), target, orbit.roll.to(target.dtype))


@arrays(points=joints_3d, world_to_camera=any_floats, intrinsics=any_floats, distortion=any_floats)
def project(
    points: Float[Tensor, "*batch joints 3"],
    world_to_camera: Float[Tensor, "*#batch 4 4"],
    intrinsics: Float[Tensor, "*#batch 3 3"],
    distortion: Float[Tensor, "*#batch coefficients"] | None = None,
) -> Float[Tensor, "*batch joints 2"]:
    """Project world points to pixels (x right, y down).

    distortion: None, or OpenCV's first coefficients (k1, k2, p1, p2[, k3]).
    Raises ValueError if a point lies behind its camera.
    """
    world_to_camera, intrinsics = world_to_camera.to(points), intrinsics.to(points)
    rotation, translation = world_to_camera[..., :3, :3], world_to_camera[..., :3, 3]
    camera = points @ rotation.mT + translation[..., None, :]
    depth = camera[..., 2:]
    if (depth <= 0).any():
        raise ValueError(
            f"expected points in front of the camera, got {int((depth <= 0).sum())} behind the camera; check its "
            "distance, and that world_to_camera maps world to camera, not camera to world."
        )
    plane = camera[..., :2] / depth
    if distortion is not None:
        plane = _distort(plane, distortion.to(points))
    return plane @ intrinsics[..., :2, :2].mT + intrinsics[..., None, :2, 2]


def _distort(plane: Tensor, coefficients: Tensor) -> Tensor:
    # Brown's model as in OpenCV: radial k1 r^2 + k2 r^4 + k3 r^6, tangential p1, p2.
    k1, k2, p1, p2, *rest = coefficients[..., None, :].unbind(-1)
    k3 = rest[0] if rest else torch.zeros_like(k1)
    x, y = plane.unbind(-1)
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    xd = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    yd = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    return torch.stack([xd, yd], dim=-1)


@arrays(poses=joints_3d)
def view(poses: Float[Tensor, "n 13 3"], orbit: Orbit) -> Float[Tensor, "n 13 2"]:
    """Project each world pose (metres) to pixels by its own camera of the orbit, which looks at the pose's mid-hip.

    orbit: one camera for all poses, or one for each pose (else ValueError).
    """
    n = orbit.azimuth.numel()
    if n not in (1, len(poses)):
        raise ValueError(f"expected 1 camera, or one for each of {len(poses)} poses; got {n} cameras.")
    if n == 1:
        orbit = Orbit(*(value.reshape(1).expand(len(poses)) for value in vars(orbit).values()))
    return project(poses, orbit_cameras(orbit, mid_hip(poses)), intrinsics().to(poses))
