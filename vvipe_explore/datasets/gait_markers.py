"""Markers of Vicon's full-body (Plug-in Gait) set in a motion file, turned into joints."""

import dataclasses

import numpy as np

from .._joint_names import PAPER_13
from .body_frame import find_unit, some_frames
from .raw_motion import RawMotion

_LIMBS = ("SHO", "ELB", "WRA", "ASI", "KNE", "ANK")
_NEAR: dict[str, str] = dict(zip(PAPER_13[1:], (f"{side}{name}" for name in _LIMBS for side in "LR"), strict=True))
"""The marker that is near each joint; good enough to tell the unit."""


def joints_of_markers(raw: RawMotion) -> RawMotion | None:
    """Turn markers into the joints of skeleton.PAPER_13, in millimetres; None where markers that are needed lack.

    A marker's name may have a namespace ("Subject:LASI"). Frames without a needed marker are NaN.
    """
    from .marker_joints import NEEDED, fit, joint_centres

    place = {name.rpartition(":")[2].upper(): i for i, name in reversed([*enumerate(raw.names)])}
    if not set(NEEDED) <= place.keys():
        return None
    near = raw.positions[:, [place[_NEAR.get(joint, "LFHD")] for joint in PAPER_13]]
    seen = some_frames(near)
    if not len(seen):
        return None
    unit, note = find_unit(seen, raw.metres)
    wanted = raw.positions[:, [place[name] for name in NEEDED]] * (1000 * unit)
    whole = np.isfinite(wanted).all((1, 2))
    markers = {name: wanted[whole, i] for i, name in enumerate(NEEDED)}
    joints = np.full((len(wanted), len(PAPER_13), 3), np.nan)
    if whole.any():
        joints[whole] = joint_centres(markers, fit(markers, [0]))
    notes = (*raw.notes, *([note] if note else []))
    return dataclasses.replace(
        raw, positions=joints, names=PAPER_13, parents=None, rest=None, metres=0.001, notes=notes, turns=None
    )
