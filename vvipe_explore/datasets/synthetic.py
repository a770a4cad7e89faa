"""A frozen sample of synthetic human motion, for notebooks and tests that must run without a download.

Formulas and a random generator make it. It is not motion capture: no person was recorded, and figures measured on it
say nothing about real people. It has human proportions, human joint ranges and smooth motion.

Method: an activity gives joint angles as functions of phase; slow random variation is added; angles are
clamped to human ranges; forward kinematics gives joints; the body is set on the floor by its lowest part.
Frame: +x to the person's left, +y up, +z forward, then a heading sampled uniformly over the full circle.

Sources. Segment lengths as fractions of stature: Drillis and Contini (1966), Body Segment Parameters, as
tabulated in Winter, Biomechanics and Motor Control of Human Movement. Its breadths are of the outer body, and
joint centres lie inside; we chose the factors for that, the nose and the parts of the trunk.
Joint ranges: American Academy of Orthopaedic Surgeons (1965), Joint Motion: Method of Measuring and
Recording, also tabulated in Norkin and White, Measurement of Joint Motion. The spine's extension is taken as
30 and the arm's adduction, across the chest, as 45. We chose the amplitudes and timings of activities.
"""

import numpy as np

from .._extras import missing
from ..skeleton import PAPER_13
from .activities import ACTIVITIES, both, crawl, push_up
from .motion import Motion
from .registry import data_file

FPS = 30
SAMPLE = data_file("synthetic.npz")
STEP = 1e-4
"""Metres: the sample's joints, relative to mid-hip, are rounded to this."""

SEGMENTS = {
    "upper_arm": 0.186, "forearm": 0.146, "thigh": 0.245, "shank": 0.246, "ankle_height": 0.039,
    "half_shoulders": 0.8 * 0.129, "half_hips": 0.6 * 0.0955,
    "pelvis": 0.068, "lumbar": 0.110, "thorax": 0.110,  # together 0.818 - 0.530: shoulder less hip height
    "nose_up": 0.092, "nose_forward": 0.065,
}  # fmt: skip
"""Lengths as fractions of stature."""

RANGES = {
    "spine_flex": (-30, 80), "spine_side": (-35, 35), "spine_twist": (-45, 45),
    "neck_flex": (-45, 45), "neck_side": (-45, 45), "neck_twist": (-60, 60),
    "shoulder_flex": (-60, 180), "shoulder_abd": (-45, 180), "shoulder_rot": (-70, 90), "elbow": (0, 150),
    "hip_flex": (-30, 120), "hip_abd": (-30, 45), "hip_rot": (-45, 45), "knee": (0, 135),
}  # fmt: skip
"""Degrees. Flexion, abduction and outward rotation are positive; side and twist are positive to the left."""

PELVIS = {"tilt": (-90, 90), "side": (-30, 30), "turn": (-180, 180)}
"""Degrees of the pelvis in the room: forward, to the left, about the vertical. Bounds of our own."""

REST = {"shoulder_flex": 2, "shoulder_abd": 9, "elbow": 14, "hip_flex": 2, "hip_abd": 3, "knee": 5}
CLEARANCE = {"ankle": SEGMENTS["ankle_height"], "knee": 0.030, "wrist": 0.015, "hip": 0.055}
"""A joint's height over the floor when that part of the body rests on it, as a fraction of stature."""


def _two_sides(table):
    """Give each limb angle a name for each side; the trunk and the pelvis have one."""
    limbs = {name: value for name, value in table.items() if name.startswith(("sho", "elb", "hip", "kne"))}
    return {name: value for name, value in table.items() if name not in limbs} | both(**limbs)


LIMITS = _two_sides(RANGES | PELVIS)


def _sway(rng, seconds, rows):
    """Sample slow random curves (rows, t) of unit variance, each of three sines between 0.1 and 0.7 Hz."""
    frequency, start = rng.uniform(0.1, 0.7, (rows, 3, 1)), rng.uniform(0, 2 * np.pi, (rows, 3, 1))
    return np.sin(2 * np.pi * frequency * seconds + start).sum(1) * np.sqrt(2 / 3)


def _sample_body(rng, number, bodies):
    """Sample a body: lengths in metres, and habits. Statures are spread evenly over 1.52-1.93 m."""
    stature = 1.52 + 0.41 * (number - 0.5 + rng.uniform(-0.4, 0.4)) / bodies
    factors = rng.normal(1, 0.04, len(SEGMENTS)).clip(0.9, 1.1)
    lengths = {name: stature * part * f for (name, part), f in zip(SEGMENTS.items(), factors, strict=True)}
    spread = np.array([0.012 * (high - low) for low, high in LIMITS.values()])
    posture = dict(zip(LIMITS, rng.normal(0, 1, len(LIMITS)).clip(-2, 2) * spread, strict=True))
    posture |= {"turn": 0.0, "tilt": 0.3 * posture["tilt"], "side": 0.3 * posture["side"]}
    return {"stature": stature, "lengths": lengths, "posture": posture, "left_handed": rng.random() < 0.3,
            "amplitude": rng.uniform(0.85, 1.12), "speed": rng.uniform(0.85, 1.15)}  # fmt: skip


def mirrored(angles):
    """Swap left and right: for left-handed people."""
    swap = {"_l": "_r", "_r": "_l"}
    flip = ("spine_side", "spine_twist", "neck_side", "neck_twist", "side", "turn")
    return {n[:-2] + swap.get(n[-2:], n[-2:]): -value if n in flip else value for n, value in angles.items()}


def joint_angles(activity, body, seconds, rng):
    """Give every angle of LIMITS as a curve (t,) in degrees, in its range, and "lift" (t,) in statures."""
    rate = ACTIVITIES[activity] * body["speed"] * rng.uniform(0.92, 1.08)
    phase = 2 * np.pi * (rate * seconds + rng.random()) + 0.25 * _sway(rng, seconds, 1)[0]
    angles = activity(phase, body["amplitude"] * rng.uniform(0.92, 1.08))
    angles = dict.fromkeys(LIMITS, 0) | {"lift": 0} | _two_sides(REST) | angles
    angles = mirrored(angles) if body["left_handed"] else angles
    noise = dict(zip(LIMITS, _sway(rng, seconds, len(LIMITS)), strict=True))
    for name, (low, high) in LIMITS.items():
        share = 0.02 if name.startswith(("spine", "neck", "shoulder", "elbow")) else 0.01
        habit = body["posture"][name] + share * (high - low) * noise[name]
        angles[name] = np.clip(angles[name] + habit, low, high)
    return angles | {"lift": np.broadcast_to(angles["lift"], seconds.shape)}


def forward_kinematics(angles, lengths):
    """Turn curves of angles (t,) in degrees into joints (t, 13, 3) in metres, about the mid-hip.

    The person faces +z at turn 0. A limb turns by Rx(-flexion) Rz(+-abduction) Ry(+-outward rotation), + on the left.
    The spine bends in two places, in each by half its angles.
    """
    from scipy.spatial.transform import Rotation

    def turned(order, *curves):
        return Rotation.from_euler(order, np.stack(curves, -1), degrees=True)

    def trunk(twist, flex, side, share=1.0):
        return turned("YXZ", share * angles[twist], share * angles[flex], -share * angles[side])

    up, out = np.array([0, 1.0, 0]), np.array([1.0, 0, 0])
    pelvis, half_spine = trunk("turn", "tilt", "side"), trunk("spine_twist", "spine_flex", "spine_side", 0.5)
    lumbar, thorax = pelvis * half_spine, pelvis * half_spine * half_spine
    neck = pelvis.apply(up * lengths["pelvis"]) + lumbar.apply(up * lengths["lumbar"])
    neck = neck + thorax.apply(up * lengths["thorax"])
    head = thorax * trunk("neck_twist", "neck_flex", "neck_side")
    joints = {"nose": neck + head.apply([0, lengths["nose_up"], lengths["nose_forward"]])}
    for side, sign in (("left", 1), ("right", -1)):
        for (top, middle, end), frame, origin, bones in (
            (("shoulder", "elbow", "wrist"), thorax, neck, ("half_shoulders", "upper_arm", "forearm")),
            (("hip", "knee", "ankle"), pelvis, 0 * neck, ("half_hips", "thigh", "shank")),
        ):
            width, first, second = (lengths[bone] for bone in bones)
            flex, abd, rot = (angles[f"{top}_{kind}_{side[0]}"] for kind in ("flex", "abd", "rot"))
            upper = frame * turned("XZY", -flex, sign * abd, sign * rot)
            # Elbows fold forward, knees backward.
            lower = upper * turned("X", angles[f"{middle}_{side[0]}"] * (-1 if middle == "elbow" else 1))
            joints[f"{side}_{top}"] = origin + frame.apply(sign * width * out)
            joints[f"{side}_{middle}"] = joints[f"{side}_{top}"] - upper.apply(first * up)
            joints[f"{side}_{end}"] = joints[f"{side}_{middle}"] - lower.apply(second * up)
    return np.stack([joints[name] for name in PAPER_13], axis=1)


def _heights(joints, stature):
    """Give heights (t, 13) of the parts that can rest on the floor, and the softness of their minimum: metres."""
    clearance = [CLEARANCE.get(name.split("_")[-1], -np.inf) for name in PAPER_13]
    return joints[..., 1] - np.array(clearance) * stature, 0.008 * stature


def _lowest(heights, softness):
    """Give a soft minimum over joints, so that weight passes smoothly from one foot to the other."""
    from scipy.special import logsumexp

    return -softness * logsumexp(-heights / softness, axis=1)


def lean_on_hands(angles, body):
    """Find the tilt (t,) at which the lowest hand is as low as the lowest knee or ankle, in degrees."""
    tilt = angles["tilt"]
    for _ in range(3):
        joints = forward_kinematics(angles | {"tilt": tilt}, body["lengths"])
        heights, softness = _heights(joints, body["stature"])
        rise = _lowest(heights[:, 5:7], softness) - _lowest(heights[:, 9:], softness)
        reach = joints[:, 5:7].mean(1) - joints[:, 9:11].mean(1)
        tilt = tilt + np.degrees(np.arctan2(rise, np.linalg.norm(reach[:, [0, 2]], axis=-1)))
    return tilt


def set_on_floor(joints, stature, lift):
    """Move joints (t, 13, 3) so that the lowest part stands on the floor and does not slide.

    lift (t,), in statures, raises the body; while it is in the air it keeps the speed it had on the ground.
    """
    from scipy.ndimage import gaussian_filter1d
    from scipy.special import softmax

    heights, softness = _heights(joints, stature)
    weight, grounded = softmax(-heights / softness, axis=1), np.exp(-lift / 0.01)
    velocity = -(np.gradient(joints[..., [0, 2]], axis=0) * weight[..., None]).sum(1)
    kept = gaussian_filter1d(velocity * grounded[:, None], 2, axis=0)
    path = np.cumsum(kept / gaussian_filter1d(grounded, 2)[:, None], axis=0)
    up = lift * stature - gaussian_filter1d(_lowest(heights, softness), 1)
    return joints + np.stack([path[:, 0], up, path[:, 1]], -1)[:, None]


def _sequence(seed, number, body, activity, frames):
    from scipy.spatial.transform import Rotation

    rng = np.random.default_rng([seed, number, list(ACTIVITIES).index(activity)])
    angles = joint_angles(activity, body, np.arange(frames) / FPS, rng)
    if activity in (crawl, push_up):
        angles["tilt"] = lean_on_hands(angles, body)
    joints = set_on_floor(forward_kinematics(angles, body["lengths"]), body["stature"], angles["lift"])
    heading = Rotation.from_euler("Y", rng.uniform(-180, 180), degrees=True).as_matrix()
    poses = joints @ heading.T + np.array([1, 0, 1]) * rng.uniform(-1.5, 1.5, 3)
    name, row = activity.__name__, np.full(frames, 1)
    labels = {"subject": row * number, "action": np.full(frames, name), "frame": np.arange(frames)}
    sequence = np.full(frames, f"b{number:02d}_{name}")
    return Motion(poses.astype(np.float32), PAPER_13, sequence=sequence, **labels)


def generate(seed: int = 0, bodies: int = 8, frames_per_action: int = 96) -> Motion:
    """Make one sequence of every activity for every body, at 30 frames a second; same seed, same motion.

    poses (bodies * 16 * frames_per_action, 13, 3): metres, float32, +y up, the floor at y = 0. subject 1 to bodies,
    action the activity's name, sequence such as "b03_walk", frame from 0.
    Raises ValueError if bodies is below 1 or frames_per_action below 2, or without scipy.
    """
    try:
        import scipy  # noqa: F401
    except ImportError as error:
        raise missing("making synthetic motion", "lab", error, "the frozen sample needs nothing") from None
    if bodies < 1 or frames_per_action < 2:
        got = f"got bodies = {bodies}, frames_per_action = {frames_per_action}"
        raise ValueError(f"expected at least 1 body and 2 frames an action, {got}.")
    parts = []
    for number in range(1, bodies + 1):
        body = _sample_body(np.random.default_rng([seed, number]), number, bodies)
        parts += [_sequence(seed, number, body, activity, frames_per_action) for activity in ACTIVITIES]
    return Motion.join(parts)


def load() -> Motion:
    """Read the frozen sample: what generate(seed=0) made, to 0.1 mm: 12,288 poses."""
    with np.load(SAMPLE, allow_pickle=False) as file:
        poses = file["root"][:, None] + file["offsets"] * np.float32(STEP)
        labels = {name: file[name] for name in ("subject", "action", "sequence", "frame")}
    return Motion(poses.astype(np.float32), PAPER_13, **labels)
