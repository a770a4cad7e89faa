"""The body in a motion file, understood: its joints in metres, +y up, and what had to be assumed."""

import numpy as np

from .._joint_names import PAPER_13
from . import body_frame
from .body_frame import Head
from .joint_rules import Found
from .motion_wishes import Wishes
from .raw_motion import RawMotion


def poses_of(
    raw: RawMotion, found: Found, wishes: Wishes, frames: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Give the frames (n,) that can be used, their poses (n, joints, 3), metres, float32, +y up, and notes.

    frames: those to look at. The joints are found.joints' in order, the 13 first. Raises ValueError where there is no
    body: a joint never seen, hips without a width, limbs without a length, a map with the sides exchanged.
    """
    points = _joints_of(raw.positions, found)[frames]
    seen = body_frame.some_frames(points[:, :13])
    if not len(seen):
        _refuse_unseen(points[:, :13])
    rest = None if raw.rest is None else _joints_of(raw.rest[None], found)[0, :13]
    up, up_note = (wishes.up, "") if wishes.up else body_frame.find_up(rest, seen, raw.up)
    notes = [up_note, body_frame.bones_of_no_length(seen), _exchanged_sides(found, raw, seen)]
    unit, unit_note = (wishes.unit, "") if wishes.unit else body_frame.find_unit(seen, raw.metres)
    notes.append(unit_note)
    face, face_note = _face_of(found, raw, seen)
    notes.append(face_note)
    if face in body_frame.NOSE:
        (place, *more), turns = found.joints["nose"], None
        if raw.turns is not None and not more:
            turns = raw.turns(place)[frames]
        head = Head(face, points[:, 0].copy(), turns)
        points[:, 0] = body_frame.place_nose(head, points[:, :13], rest, up)
    poses = (body_frame.turn_up(points, up) * unit).astype(np.float32)
    usable, more_notes = _usable(poses)
    return frames[usable], poses[usable], notes + more_notes


def _joints_of(positions: np.ndarray, found: Found) -> np.ndarray:
    """Give the joints (n, joints, 3) of positions (n, k, 3); each is the mean of its places."""
    return np.stack([positions[:, list(places)].mean(1) for places in found.joints.values()], axis=1)


def _refuse_unseen(points: np.ndarray) -> None:
    seen = np.any(np.isfinite(points).all(-1), axis=0)
    never = [joint for joint, ever in zip(PAPER_13, seen, strict=True) if not ever]
    got = f"none with {', '.join(never)}" if never else "none with all of them"
    raise ValueError(f"expected frames in which the 13 joints were seen, got {got}; fill the gaps in the tool.")


def _exchanged_sides(found: Found, raw: RawMotion, seen: np.ndarray) -> str:
    """Say where left and right seem exchanged; refuse a map that exchanges those of the arms or of the legs."""
    if body_frame.is_crossed(seen):
        names = " and ".join(raw.names[found.joints[f"left_{joint}"][0]] for joint in ("shoulder", "hip"))
        got = f"expected the left shoulder on the side of the left hip, got {names} on opposite sides"
        if not found.face:
            raise ValueError(f"{got}; exchange the sides of the arms or of the legs in joints=.")
        return f"{got}; pass joints= if the names are wrong"
    if body_frame.bends_backward(seen):
        return "the knees bend backward: is the file mirrored? if so, exchange left and right with joints="
    return ""


def _face_of(found: Found, raw: RawMotion, seen: np.ndarray) -> tuple[str, str]:
    """Give what stands for the nose, and a note where that is no face."""
    if not found.face and len(found.joints["nose"]) == 1 and not body_frame.is_face(seen[:, 0], seen):
        return "head", f"the nose is put in front of {raw.names[found.joints['nose'][0]]}, which is no face"
    note = "there is no head; the nose is put above the neck and in front of it" if found.face == "neck" else ""
    return found.face, note


def _usable(poses: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Find the frames without a gap whose hips have a width; refuse poses that have none."""
    notes = []
    seen = np.flatnonzero(np.isfinite(poses).all((1, 2)))
    if lost := len(poses) - len(seen):
        notes.append(f"{lost} of {len(poses)} frames are left out: a joint was not seen in them")
    if not len(seen):
        raise ValueError("expected a body of a few metres, got places that overflow; check unit=, or export it again.")
    faces = body_frame.faces_somewhere(poses[seen, :13])
    if not faces.any():
        raise ValueError(
            "expected hips of some width, got left_hip and right_hip at one place (or on one line with the spine); "
            "name the joints of the thighs with joints=, or leave the file out."
        )
    if flat := int((~faces).sum()):
        notes.append(f"{flat} of {len(faces)} frames are left out: their hips have no width")
    return seen[faces], notes
