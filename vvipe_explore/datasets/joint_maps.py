"""A map that says which of a file's joints are the 13: checked, and asked for where the names don't tell."""

import difflib
import itertools
import json
import os
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .._joint_names import PAPER_13, SKELETONS
from ._checked_file import checked_file
from .joint_rules import Found, is_below, said_twice
from .joint_words import LIMBS, side_of
from .raw_motion import RawMotion

JointMap = Mapping[str, str | Sequence[str]]
"""{joint: the file's name for it, or several names whose mean is taken}."""
Checked = dict[str, tuple[str, ...]]

_KNOWN = {name for names in SKELETONS.values() for name in names}
_MOST_BYTES = 2**20
_LONG_BONE, _MOST_NAMES = 0.08, 150


def read_joint_map(joints) -> Checked | None:
    """Check a joint map, or the JSON file of one; None stays None.

    Raises ValueError naming the joint that is unknown, missing, without a name, given twice or on the other side;
    FileNotFoundError if the file is not there.
    """
    if joints is None:
        return None
    where = "joints="
    if isinstance(joints, str | Path):
        where = f"{joints}"
        joints = _read_json(Path(joints))
    if not isinstance(joints, Mapping):
        such = '{"left_elbow": "LeftForeArm", ...}'
        raise ValueError(f"{where}: expected a map such as {such}, got {reprlib.repr(joints)}; give one.")
    _check_keys(where, joints)
    chosen = {joint: _names(where, joint, joints[joint]) for joint in joints}
    _check_twice(where, chosen)
    _check_sides(where, chosen)
    ours = [joint for joint in PAPER_13 if joint in chosen]
    return {joint: chosen[joint] for joint in [*ours, *(joint for joint in chosen if joint not in PAPER_13)]}


def _read_json(path: Path):
    """Read a map's JSON file; a joint that stands there twice is refused."""

    def pairs(found):
        keys = [key for key, _ in found]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} stands there twice")
        return dict(found)

    checked_file(path, "a joint map, as JSON", _MOST_BYTES)
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise ValueError(f"{path}: expected a joint map as JSON, got something else ({reason}); mend it.") from None


def _check_keys(where: str, joints: Mapping) -> None:
    unknown = [joint for joint in joints if joint not in _KNOWN]
    missing = [joint for joint in PAPER_13 if joint not in joints]
    if unknown:
        said = []
        for joint in unknown:
            close = difflib.get_close_matches(str(joint), missing or PAPER_13, 1)
            said.append(f"{joint!r} (did you mean {close[0]}?)" if close else repr(joint))
        but = f"; {', '.join(missing)} is missing" if missing else ""
        got = ", ".join(said) + but
        raise ValueError(f"{where}: expected the joints of skeleton.PAPER_13, got {got}; mend the map.")
    if missing:
        raise ValueError(
            f"{where}: expected an entry for each joint of skeleton.PAPER_13, got none for {', '.join(missing)}; "
            "add the file's name of it."
        )


def _names(where: str, joint: str, names) -> tuple[str, ...]:
    several = (names,) if isinstance(names, str) else names
    if not isinstance(several, list | tuple) or not several or not all(isinstance(n, str) and n for n in several):
        got = reprlib.repr(names)
        raise ValueError(f"{where}: expected the file's name of {joint}, or a list of names, got {got}; give one.")
    return tuple(several)


def _check_twice(where: str, chosen: Checked) -> None:
    """Refuse a name that stands for two of the 13 joints."""
    given: dict[str, str] = {}
    for joint, names in chosen.items():
        for name in names if joint in PAPER_13 else ():
            if name in given:
                both = f"{given[name]} and {joint}" if given[name] != joint else f"{joint} twice"
                raise ValueError(f"{where}: expected a joint of its own for each, got {name} for {both}; mend the map.")
            given[name] = joint


def _check_sides(where: str, chosen: Checked) -> None:
    """Refuse a name that tells the other side, unless all names tell one side (a prefix, then)."""
    sided = {joint: {side_of(name) for name in chosen[joint]} for joint in PAPER_13 if "_" in joint}
    one_side = len(set().union(*sided.values())) == 1
    for joint, sides in sided.items():
        side, part = joint.split("_")
        other = {"left": "right", "right": "left"}[side]
        pair = chosen[f"left_{part}"][0], chosen[f"right_{part}"][0]
        if _differ_as(*pair) == ("right", "left") or (other in sides and not one_side):
            names = ", ".join(chosen[joint])
            raise ValueError(f"{where}: expected a {joint}, got {names}, which is on the {other}; exchange the sides.")


def _differ_as(one: str, two: str) -> tuple[str, str] | None:
    """Give ("left", "right") or the reverse where two names differ in a word for the side only: jnt_ltua, jnt_rtua."""
    one, two = one.lower(), two.lower()
    head = len(os.path.commonprefix([one, two]))
    tail = len(os.path.commonprefix([one[head:][::-1], two[head:][::-1]]))
    differ = one[head : len(one) - tail], two[head : len(two) - tail]
    for left, right in (("l", "r"), ("lef", "righ"), ("left", "right"), ("lf", "rg"), ("左", "右")):
        if differ in ((left, right), (right, left)):
            return ("left", "right") if differ[0] == left else ("right", "left")
    return None


def place_joints(joints: Checked, raw: RawMotion) -> Found:
    """Find the joints of a checked map in a file's skeleton.

    Raises ValueError that names a joint that the file does not have, or that hangs on the other side's limb.
    """
    places = {name: place for place, name in reversed([*enumerate(raw.names)])}
    for joint, names in joints.items():
        for name in names:
            if name not in places:
                close = difflib.get_close_matches(name[:80], [n for n in raw.names[:2000] if len(n) <= 80], 1)
                meant = f"did you mean {close[0]}? " if close else ""
                got = f"got none in the file; {meant}it has {list_names(raw)}."
                raise ValueError(f"expected a joint named {name} for {joint}, {got}")
    found = {joint: tuple(places[name] for name in names) for joint, names in joints.items()}
    if raw.parents is not None:
        _check_limbs(found, raw)
    return Found(found, "", (), said_twice(raw.names, found))


def _check_limbs(found: dict[str, tuple[int, ...]], raw: RawMotion) -> None:
    """Refuse a joint that hangs below the other side's limb, or below the joint that should come after it."""
    assert raw.parents is not None
    for side, other in (("left", "right"), ("right", "left")):
        for upper, lower in itertools.chain(*map(itertools.pairwise, LIMBS)):
            place = found[f"{side}_{lower}"][0]
            mine, theirs = found[f"{side}_{upper}"][0], found[f"{other}_{upper}"][0]
            if is_below(mine, place, raw.parents):
                raise ValueError(
                    f"expected a {side}_{lower} below the {side}_{upper}, got {raw.names[place]}, which is above "
                    f"{raw.names[mine]}; exchange the two in the joint map."
                )
            if is_below(place, theirs, raw.parents) and not is_below(place, mine, raw.parents):
                raise ValueError(
                    f"expected a {side}_{lower} below {raw.names[mine]}, got {raw.names[place]}, which hangs below "
                    f"{raw.names[theirs]}, the {other}_{upper}; exchange the sides in the joint map."
                )


def unknown_skeleton(raw: RawMotion, found: Found) -> ValueError:
    """Make the error for a skeleton whose names don't tell the 13 joints: all that may be one, and a map to fill in."""
    known = {joint: [raw.names[place] for place in places] for joint, places in found.joints.items()}
    filled = {joint: (known[joint][0] if len(known[joint]) == 1 else known[joint]) for joint in known}
    to_fill = {joint: filled.get(joint, "?") for joint in PAPER_13}
    return ValueError(
        f"expected joints whose names tell the 13, got no {', '.join(found.missing)}; the joints are "
        f"{list_names(raw)}; fill in this map and pass it as joints= (or its JSON file, as --joints map.json); "
        f"the head will do for the nose:\n{json.dumps(to_fill, ensure_ascii=False)}"
    )


def list_names(raw: RawMotion) -> str:
    """List the joints that may be in an arm, in a leg or the head, and count the small ones, such as a face's."""
    large = _at_long_bones(raw)
    names = [name[:60] for name, is_large in zip(raw.names, large, strict=True) if is_large]
    left_out = len(raw.names) - len(names[:_MOST_NAMES])
    small = [name[:60] for name, is_large in zip(raw.names, large, strict=True) if not is_large]
    such = f", such as {', '.join(small[:3])}" if small else ""
    return ", ".join(names[:_MOST_NAMES]) + (f" and {left_out} more at short bones{such}" if left_out else "")


def _at_long_bones(raw: RawMotion) -> np.ndarray:
    """Say which joints (k,) have a bone of at least 8 % of the body's height above or below them; all if few."""
    if raw.parents is None or raw.rest is None or len(raw.names) <= 40:
        return np.ones(len(raw.names), bool)
    child = np.flatnonzero(raw.parents >= 0)
    length = np.linalg.norm(raw.rest[child] - raw.rest[raw.parents[child]], axis=-1)
    long = child[length >= _LONG_BONE * np.ptp(raw.rest, axis=0).max()]
    large = np.zeros(len(raw.names), bool)
    large[long] = large[raw.parents[long]] = True
    return large if large.sum() >= 13 else np.ones(len(raw.names), bool)
