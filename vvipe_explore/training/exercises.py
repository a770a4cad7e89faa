"""Exercises that nobody recorded: poses of people who squat, lunge, raise a leg or reach, made one by one.

A pose is a stance and a position of the arms, each somewhere between rest and its far end, with a trunk and a head that
bend a little. The angles are drawn at random from ranges of our own, those of gymnastics and physiotherapy; their names
and signs, in degrees, are those of datasets.synthetic, whose forward kinematics makes the body. Where one leg moves, it
is the left one; half of the poses are mirrored afterwards.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from ..datasets.activities import both
from ..datasets.synthetic import LIMITS, SEGMENTS, forward_kinematics, mirrored

Draw = Callable[[float, float], np.ndarray]
"""Draws a number for each pose, evenly between two bounds."""
Angles = dict[str, np.ndarray]

LENGTHS = {name: 1.7 * part for name, part in SEGMENTS.items()}
UNEVEN = 4.0
"""Degrees by which each angle differs from what the stance or the arms ask for."""


def exercises(n: int, seed: int = 0) -> np.ndarray:
    """Make world poses (n, 13, 3), float32, in metres about the mid-hip, +y up, facing anywhere."""
    rng = np.random.default_rng(seed)
    angles = _mixed(n, rng, STANCES)
    left, right = _mixed(n, rng, ARMS), _mixed(n, rng, ARMS)
    alike = rng.random(n) < 0.7
    for name in ("shoulder_flex", "shoulder_abd", "shoulder_rot", "elbow"):
        angles[f"{name}_l"] = left[name]
        angles[f"{name}_r"] = np.where(alike, left[name], right[name])
    angles = {name: angles.get(name, 0.0) + rng.normal(0, UNEVEN, n) for name in LIMITS}
    for name in ("knee_l", "knee_r", "elbow_l", "elbow_r"):
        angles[name] = angles[name].clip(0, 150)
    angles["turn"] = rng.uniform(-180, 180, n)
    angles["spine_flex"] += rng.uniform(-10, 15, n)
    angles |= {"neck_flex": rng.uniform(-25, 45, n), "neck_twist": rng.normal(0, 12, n)}
    turned, other = rng.random(n) < 0.5, mirrored(angles)
    angles = {name: np.where(turned, other[name], angle) for name, angle in angles.items()}
    return forward_kinematics(angles, LENGTHS).astype(np.float32)


def _mixed(n: int, rng, kinds: dict[Callable[[Draw, np.ndarray], Angles], float]) -> Angles:
    """Draw a kind for each pose, in the shares that kinds gives, and its angles; an angle not given is 0."""
    share = np.array(list(kinds.values()))
    kind, mixed = rng.choice(len(kinds), n, p=share / share.sum()), {}
    for k, angles_of in enumerate(kinds):
        rows = np.flatnonzero(kind == k)
        far = rng.beta(0.8, 0.8, len(rows))  # more of an exercise is spent near its two ends than between them
        angles = angles_of(partial(rng.uniform, size=len(rows)), far)
        for name, values in angles.items():
            mixed.setdefault(name, np.zeros(n))[rows] = values
    return mixed


def stand(u: Draw, far):
    """Stand, the feet together or apart."""
    return both(hip_abd=u(0, 15), hip_rot=u(-5, 20), knee=u(0, 10))


IN_HIPS = 0.8
"""The part of a lean that the hips take; the spine bends by the rest and a little more."""


def _lean(angle) -> Angles:
    """Lean the trunk forward."""
    return {"tilt": IN_HIPS * angle, "spine_flex": 0.3 * angle}


def _bend(thigh, shank, lean, apart, turned) -> Angles:
    """Bend both legs: thighs swing forward by thigh and shanks by shank from upright, the trunk leans."""
    legs = both(hip_flex=thigh + IN_HIPS * lean, knee=thigh + shank, hip_abd=apart, hip_rot=turned)
    return _lean(lean) | legs


def squat(u: Draw, far):
    """Squat; the thighs swing forward, the shanks too, and the trunk leans."""
    thigh, shank, lean = far * u(40, 120), far * u(0, 40), far * u(0, 60)
    return _bend(thigh, shank, lean, apart=u(0, 10) + far * u(0, 20), turned=u(-5, 25))


def sit(u: Draw, far):
    """Sit down or stand up; the trunk leans most half-way."""
    thigh, shank, lean = far * u(55, 95), far * u(-20, 20), far * u(-15, 15) + np.sin(np.pi * far) * u(0, 55)
    return _bend(thigh, shank, lean, apart=u(0, 18), turned=u(-10, 10))


def lunge(u: Draw, far):
    """Step forward and sink down."""
    thigh, shank, lean = u(0, 15) + far * u(20, 95), far * u(-15, 30), far * u(-10, 30)
    back, knee = u(-5, 20) + far * u(0, 30), u(0, 20) + far * u(0, 110)
    front = {"hip_flex_l": thigh + lean, "knee_l": thigh + shank, "hip_abd_l": u(-10, 10), "hip_rot_l": u(-12, 12)}
    behind = {"hip_flex_r": lean - back, "knee_r": knee, "hip_abd_r": u(-10, 10), "hip_rot_r": u(-12, 12)}
    return {"tilt": lean} | front | behind


def side_lunge(u: Draw, far):
    """Step sideways and sink down on that leg; the other one stays stretched."""
    thigh, lean, apart, tip = far * u(20, 100), far * u(0, 80), u(0, 30), far * u(-15, 20)
    bent = {"hip_flex_l": thigh + IN_HIPS * lean, "knee_l": thigh + far * u(0, 35), "hip_abd_l": apart + far * u(0, 40)}
    straight = {"hip_flex_r": lean * u(0.2, 1.0), "knee_r": u(0, 20), "hip_abd_r": apart + far * u(0, 50)}
    sideways = {"side": -tip, "spine_side": tip * u(0, 1)} | both(hip_rot=u(-10, 30))
    return _lean(lean) | sideways | bent | straight


def _one_leg(u: Draw, far, **leg):
    """Stand on the right leg; leg: what the left one does."""
    lean = far * u(-12, 15)
    flex = lean + leg.pop("hip_flex")
    lifted = {"hip_flex_l": flex, "hip_rot_l": u(-25, 25) * far} | {f"{name}_l": a for name, a in leg.items()}
    standing = {"hip_flex_r": lean, "hip_abd_r": u(-5, 8), "hip_rot_r": u(-12, 12), "knee_r": u(0, 15)}
    return {"tilt": lean, "side": far * u(-10, 10)} | lifted | standing


def knee_raise(u: Draw, far):
    """Lift a bent leg."""
    return _one_leg(u, far, hip_flex=far * u(20, 115), knee=far * u(20, 140), hip_abd=far * u(-12, 12))


def leg_raise(u: Draw, far):
    """Lift a straight leg forward."""
    return _one_leg(u, far, hip_flex=far * u(20, 95), knee=u(0, 12), hip_abd=far * u(-12, 12))


def leg_to_the_side(u: Draw, far):
    """Lift a straight leg sideways."""
    return _one_leg(u, far, hip_flex=far * u(-5, 40), knee=far * u(0, 20), hip_abd=far * u(10, 65))


def leg_backward(u: Draw, far):
    """Lift a leg backward."""
    return _one_leg(u, far, hip_flex=-far * u(0, 40), knee=far * u(0, 90), hip_abd=far * u(-12, 12))


def any_legs(u: Draw, far):
    """Put both legs anywhere within their ranges, knees more often nearly straight."""
    legs = {}
    for side in "lr":
        legs |= {f"hip_flex_{side}": u(-30, 120), f"hip_abd_{side}": u(-20, 70), f"hip_rot_{side}": u(-40, 40),
                 f"knee_{side}": 140 * u(0, 1) ** 2}  # fmt: skip
    return _lean(u(-20, 45)) | {"side": u(-14, 14)} | legs


STANCES = {
    stand: 0.25, squat: 0.12, sit: 0.10, lunge: 0.14, side_lunge: 0.14, knee_raise: 0.04, leg_raise: 0.04,
    leg_to_the_side: 0.03, leg_backward: 0.03, any_legs: 0.11,
}  # fmt: skip
"""Each stance with its share."""


def _arm(flex, abd, rot, elbow) -> Angles:
    return {"shoulder_flex": flex, "shoulder_abd": abd, "shoulder_rot": rot, "elbow": elbow}


def _raised(elevation, plane, rot, elbow) -> Angles:
    """Raise the arm by elevation, in the plane at this angle from straight forward to outward."""
    up, plane = np.radians(elevation), np.radians(plane)
    forward, outward = np.sin(up) * np.cos(plane), np.sin(up) * np.sin(plane)
    return _arm(np.degrees(np.arctan2(forward, np.cos(up))), np.degrees(np.arcsin(outward)), rot, elbow)


def hang(u: Draw, far):
    """Let the arm hang."""
    return _arm(u(-15, 25), u(0, 25), u(-40, 30), u(0, 40))


def lift(u: Draw, far):
    """Lift a straight arm forward, sideways or between."""
    return _raised(far * u(60, 180), u(-10, 110), u(-90, 90), 25 * u(0, 1))


def arm_backward(u: Draw, far):
    """Stretch the arm backward."""
    return _arm(-far * u(10, 75), u(0, 35), u(-40, 40), u(0, 40))


def turn_forearm(u: Draw, far):
    """Turn the bent forearm, the elbow at the side."""
    return _arm(u(-10, 20), u(0, 25), u(-80, 80), u(65, 115))


def turn_raised_forearm(u: Draw, far):
    """Turn the bent forearm, the elbow raised sideways."""
    return _arm(u(-20, 40), u(60, 110), u(-80, 100), u(60, 120))


def under_a_bar(u: Draw, far):
    """Hold a bar that lies on the shoulders, or only the hands up so."""
    return _arm(u(-30, 40), u(45, 120), u(40, 110), u(60, 140))


def hand_at_shoulder(u: Draw, far):
    """Hold the hand near the shoulder."""
    return _arm(u(-15, 60), u(5, 70), u(-20, 80), u(95, 150))


def hold_forward(u: Draw, far):
    """Hold the arm forward."""
    return _arm(u(40, 120), u(-20, 25), u(-50, 30), u(0, 45))


def hand_on_hip(u: Draw, far):
    """Put the hand on the hip."""
    return _arm(u(-35, 10), u(20, 55), u(-75, -10), u(60, 125))


def hand_at_chest(u: Draw, far):
    """Hold the hand before the chest or the face."""
    return _arm(u(5, 95), u(-25, 35), u(-70, 10), u(70, 148))


def over_head(u: Draw, far):
    """Hold the arm up."""
    return _raised(u(120, 180), u(0, 110), u(-60, 60), u(0, 80))


def any_arm(u: Draw, far):
    """Put the arm anywhere within its range."""
    return _raised(u(0, 180), u(-40, 130), u(-90, 100), u(0, 148))


ARMS = {
    hang: 0.18, lift: 0.22, arm_backward: 0.08, turn_forearm: 0.05, turn_raised_forearm: 0.07, under_a_bar: 0.08,
    hand_at_shoulder: 0.06, hold_forward: 0.07, hand_on_hip: 0.04, hand_at_chest: 0.05, over_head: 0.05, any_arm: 0.08,
}  # fmt: skip
"""Each position of an arm with its share."""
