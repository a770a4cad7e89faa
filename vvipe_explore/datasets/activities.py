"""What the synthetic people do: each activity gives joint angles from its phase, for a right-handed person.

Phase p (t,): radians, one turn a repetition; amplitude a: about 1. Angles are in degrees and have the names in
synthetic.RANGES, a limb's with _l or _r behind it; an angle that is not given stays at rest. "lift" is in statures.
"""

import numpy as np


def _pulse(phase, centre, sharp=4.0):
    """Give a smooth bump of height 1 once a turn; centre in turns. A larger sharp makes it shorter."""
    return np.exp(sharp * (np.cos(phase - 2 * np.pi * centre) - 1))


def _hold(phase):
    """Go from 0 to 1, stay, and return, once a turn; 0 at phase 0."""
    return (1 - np.tanh(2.5 * np.cos(phase)) / np.tanh(2.5)) / 2


def both(**angles):
    """Give the left and the right side the same angles."""
    return {f"{name}_{side}": value for name, value in angles.items() for side in "lr"}


def _stride(phase, hip, swing, knee, bend, arm):
    """Move the legs half a turn apart, each arm against its leg; the left heel strikes at phase 0."""
    angles = {"spine_twist": 0.35 * arm * np.cos(phase), "turn": -0.2 * swing * np.cos(phase)}
    for side, p in (("l", phase), ("r", phase + np.pi)):
        angles[f"hip_flex_{side}"] = hip + swing * np.cos(p + 0.25)
        angles[f"knee_{side}"] = knee + bend * _pulse(p, 0.72, 2.2) + 0.15 * bend * _pulse(p, 0.14)
        angles[f"shoulder_flex_{side}"] = -arm * np.cos(p)
    return angles


def walk(p, a):
    """Walk at an even pace."""
    return _stride(p, 8, 22 * a, 4, 52 * a, 24 * a) | both(elbow=22 + 8 * np.cos(p), shoulder_abd=9)


def run(p, a):
    """Run, with a flight between the steps."""
    return _stride(p, 18, 31 * a, 20, 75 * a, 35 * a) | both(elbow=92, shoulder_rot=-12, shoulder_abd=14) | {
        "tilt": 8, "lift": 0.035 * a * (1 - np.cos(2 * p - 2.6)), "neck_flex": -6}


def sit(p, a):
    """Sit down on a chair and stand up."""
    down, rise = _hold(p), np.sin(p) ** 4
    tilt = -8 * down + 40 * rise * a
    return {"tilt": tilt, "spine_flex": 4 + 6 * down, "neck_flex": -12 * rise} | both(
        hip_flex=2 + 84 * down + tilt, knee=5 + 84 * down + 8 * rise, hip_abd=4 + 6 * down,
        shoulder_flex=2 + 30 * down + 25 * rise, elbow=15 + 45 * down, shoulder_rot=-15 * down)


def squat(p, a):
    """Squat with the arms forward."""
    down = _hold(p) * min(a, 1.1)
    tilt = 36 * down
    return {"tilt": tilt, "spine_flex": 10 * down, "neck_flex": -20 * down} | both(
        hip_flex=2 + 82 * down + tilt, knee=5 + 108 * down, hip_abd=6 + 8 * down, hip_rot=12,
        shoulder_flex=130 * down, shoulder_abd=8, elbow=12)


def wave(p, a):
    """Wave with one hand."""
    swing = np.sin(3 * p)
    return {"shoulder_flex_r": 95 + 12 * a, "shoulder_abd_r": 62 + 6 * swing, "elbow_r": 85 + 25 * a * swing,
            "shoulder_rot_r": 20 * a * swing, "spine_side": 3 + 3 * swing, "neck_side": -4, "side": 2}


def reach(p, a):
    """Reach up high, then down low."""
    up, low = _pulse(p, 0.25, 3), _pulse(p, 0.75, 3)
    tilt = 42 * low * a
    return {"tilt": tilt, "spine_flex": 28 * low - 8 * up, "spine_twist": 22 * low * a, "spine_side": 10 * up,
            "shoulder_flex_r": 5 + 160 * up * a + 85 * low, "shoulder_abd_r": 10 - 20 * low,
            "neck_flex": -18 * up, "elbow_r": 18 - 10 * up, "shoulder_flex_l": -18 * low} | both(
            hip_flex=2 + tilt + 22 * low, knee=5 + 45 * low)


def punch(p, a):
    """Jab with one hand, cross with the other."""
    jab, cross = _pulse(p, 0.2, 7), _pulse(p, 0.65, 7)
    return {"shoulder_flex_l": 38 + 50 * jab, "elbow_l": 118 - 108 * jab, "shoulder_flex_r": 30 + 60 * cross,
            "elbow_r": 128 - 118 * cross, "spine_twist": -12 + a * (34 * cross - 16 * jab), "neck_flex": 10,
            "neck_twist": 14 - 20 * cross, "hip_flex_l": 30, "hip_flex_r": -6, "turn": -25 + 15 * cross,
            "shoulder_abd_l": 8, "shoulder_abd_r": 10 - 12 * cross, "tilt": 4} | both(
            knee=24 + 5 * cross, shoulder_rot=-14, hip_abd=9)


def kick(p, a):
    """Kick a ball."""
    back, strike = _pulse(p, 0.28), _pulse(p, 0.5, 4)
    lean = -14 * strike
    return {"tilt": lean, "hip_flex_l": 6 + lean, "knee_l": 10, "hip_flex_r": 4 - 26 * back + 88 * a * strike,
            "knee_r": 8 + 88 * _pulse(p, 0.34), "spine_flex": 6 + 14 * strike,
            "spine_twist": 22 * strike - 14 * back, "shoulder_flex_l": 25 * strike - 10 * back,
            "shoulder_flex_r": -30 * strike + 20 * back} | both(shoulder_abd=28 + 16 * strike, elbow=42)


def jump(p, a):
    """Jump up from a crouch."""
    load, land = _pulse(p, 0.28, 5), _pulse(p, 0.68, 6)
    flight = np.clip((p / (2 * np.pi) % 1 - 0.4) / 0.2, 0, 1)
    bend = np.minimum(load + 0.6 * land, 1)
    return {"tilt": 28 * bend, "lift": 0.45 * a * flight * (1 - flight), "spine_flex": 8 * bend} | both(
        hip_flex=2 + 80 * bend, knee=4 + 88 * bend, elbow=20, hip_abd=5, shoulder_abd=12,
        shoulder_flex=-45 * load + 140 * a * _pulse(p, 0.5, 2) + 20 * land)


def bow(p, a):
    """Bow."""
    down = _hold(p)
    tilt = 52 * a * down
    return {"tilt": tilt, "spine_flex": 28 * down, "neck_flex": 14 * down} | both(
        hip_flex=2 + 0.86 * tilt, knee=3, shoulder_flex=2 + 26 * down, shoulder_abd=5, elbow=12)


def throw(p, a):
    """Throw overarm, with a step."""
    wind, fling, step = _pulse(p, 0.33, 3), _pulse(p, 0.58, 4.5), _pulse(p, 0.48, 3)
    return {"shoulder_flex_r": 10 + 85 * wind + 60 * fling, "shoulder_abd_r": 12 + 88 * wind - 60 * fling,
            "elbow_r": 30 + 75 * wind - 60 * fling, "shoulder_rot_r": 35 * wind - 40 * fling,
            "shoulder_flex_l": 10 + 65 * wind - 30 * fling, "elbow_l": 30 + 20 * fling,
            "spine_twist": a * (38 * fling - 34 * wind), "spine_flex": 26 * fling - 12 * wind,
            "tilt": 12 * fling, "turn": 20 * fling - 45 * wind, "neck_twist": 35 * wind,
            "knee_l": 8 + 26 * step, "hip_flex_l": 8 + 34 * a * step,
            "hip_flex_r": 4 - 14 * fling, "knee_r": 14 + 16 * wind}


def jumping_jack(p, a):
    """Jump legs apart, arms over the head."""
    wide = (1 - np.cos(p)) / 2
    return {"lift": 0.02 * a * np.sin(p) ** 2} | both(
        shoulder_abd=10 + 155 * wide, hip_abd=2 + 25 * a * wide, hip_flex=6, knee=8 + 8 * np.cos(2 * p))


def lunge(p, a):
    """Step into a lunge."""
    down = _hold(p)
    return {"tilt": 4 * down, "hip_flex_l": 4 + 78 * a * down, "knee_l": 5 + 84 * a * down,
            "spine_flex": 4, "hip_flex_r": -18 * down, "knee_r": 6 + 62 * a * down} | both(
            shoulder_abd=12 + 18 * down, shoulder_rot=-30 * down, elbow=20 + 70 * down)


def crawl(p, a):
    """Crawl on hands and knees."""
    angles = {"tilt": 76, "spine_flex": 4, "neck_flex": -20, "spine_side": 7 * np.cos(p)}
    for side, q in (("l", p), ("r", p + np.pi)):
        angles |= {f"hip_flex_{side}": 74 + 17 * a * np.cos(q),
                   f"knee_{side}": 98 + 17 * a * np.cos(q) + 8 * _pulse(q, 0.75, 2),
                   f"shoulder_flex_{side}": 82 - 16 * a * np.cos(q),
                   f"elbow_{side}": 8 + 24 * _pulse(q, 0.25, 2)}
    return angles | both(shoulder_abd=6, hip_abd=5, hip_rot=0)


def stretch(p, a):
    """Bend to one side with an arm over the head, then to the other."""
    lean, both_up = np.sin(p), (1 - np.cos(2 * p)) / 2
    angles = {"spine_side": -30 * a * lean, "side": -6 * lean, "neck_side": -10 * lean}
    for side, up in (("l", np.maximum(lean, 0) ** 2), ("r", np.maximum(-lean, 0) ** 2)):
        angles |= {f"shoulder_abd_{side}": 14 + 140 * up, f"elbow_{side}": 30 + 20 * up,
                   f"shoulder_rot_{side}": -40 * (1 - up) * both_up}
    return angles | both(hip_abd=13, knee=6)


def push_up(p, a):
    """Push up from the floor."""
    down = _hold(p) * min(a, 1.05)
    return {"tilt": 64 + 15 * down, "neck_flex": -14} | both(
        hip_flex=2, knee=2, hip_abd=4, hip_rot=0, shoulder_flex=68 - 54 * down, shoulder_abd=10 + 28 * down,
        elbow=6 + 88 * down)


ACTIVITIES = {  # repetitions a second
    walk: 0.9, run: 1.35, sit: 0.3, squat: 0.4, wave: 0.5, reach: 0.35, punch: 0.7, kick: 0.42, jump: 0.55,
    bow: 0.33, throw: 0.36, jumping_jack: 0.85, lunge: 0.4, crawl: 0.7, stretch: 0.33, push_up: 0.45,
}  # fmt: skip
