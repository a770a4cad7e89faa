"""Joint names in any tool's spelling: leftShoulder, LShoulder, l_sho, SHOULDER_LEFT, shoulder.L are left_shoulder.

A name is cut into words, its side is taken out, and what is left is looked up. What is not known keeps its spelling.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..._joint_names import PAPER_13, SKELETONS, WHOLE_BODY, names_of

MOST_BYTES = 2**18
LEAST_JOINTS = 6
"""Of the 13, a file has to name as many: below, there is no body to lift."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_SIDES = {"left": "left", "l": "left", "lt": "left", "right": "right", "r": "right", "rt": "right"}
_NOISE = {
    "joint", "keypoint", "keypoints", "kp", "kpt", "body", "part", "landmark", "pose", "center", "centre", "image",
    "object", "px", "marker",
}  # fmt: skip
_PAIRED = {
    "shoulder": "shoulder", "sho": "shoulder", "shldr": "shoulder", "should": "shoulder", "elbow": "elbow",
    "elb": "elbow", "wrist": "wrist", "wri": "wrist", "wr": "wrist", "hip": "hip", "hips": "hip", "knee": "knee",
    "kne": "knee", "ankle": "ankle", "ank": "ankle", "eye": "eye", "ear": "ear", "heel": "heel", "bigtoe": "big_toe",
    "hallux": "big_toe", "smalltoe": "small_toe", "littletoe": "small_toe", "pinkytoe": "small_toe",
    "footindex": "foot_index", "eyeinner": "eye_inner", "innereye": "eye_inner", "eyeouter": "eye_outer",
    "outereye": "eye_outer", "mouth": "mouth", "pinky": "pinky", "index": "index", "thumb": "thumb",
}  # fmt: skip
_SINGLE = {
    "nose": "nose", "nosetip": "nose", "neck": "neck", "headtop": "head_top", "tophead": "head_top",
    "topofhead": "head_top", "headbottom": "head_bottom", "upperneck": "upper_neck", "hip": "pelvis", "hips": "pelvis",
    "midhip": "pelvis", "hipmid": "pelvis", "pelvis": "pelvis", "root": "pelvis", "thorax": "thorax", "spine": "spine",
    "head": "head", "chest": "chest", "chin": "chin", "forehead": "forehead",
}  # fmt: skip
_KNOWN = {name for names in (SKELETONS | WHOLE_BODY).values() for name in names}
_INSTEAD = {
    "hand": "wrist", "foot": "ankle", "forearm": "elbow", "lowerarm": "elbow", "upleg": "hip", "upperleg": "hip",
    "thigh": "hip", "leg": "knee", "lowerleg": "knee", "shin": "knee", "upperarm": "shoulder",
}  # fmt: skip
"""What a joint is called by the bone that begins there, or by what hangs on it; only if no joint has its own name."""
_NUMBERED = re.compile(r"(ankle|knee|hip|wrist|elbow|shoulder)([12])")


@lru_cache(4096)
def joint_name(raw: str) -> str:
    """Give our name of a joint, or the name as it stands, without spaces around it, if it is none of ours."""
    raw = raw.strip()
    words = [word.lower() for word in _WORDS.findall(raw)]
    side, words = _part_side([word for word in words if word not in _NOISE] or words)
    known = _PAIRED if side else _SINGLE
    part = known.get("".join(words)) or known.get("".join(words[:-1]) if words[-1:] == ["1"] else "")
    if part is None:
        return raw
    return f"{side}_{part}" if side else part


@lru_cache(4096)
def _joint_instead(raw: str) -> str:
    """Give our name of a joint that is called by its bone, or what hangs on it; the name as it stands if it is none."""
    words = [word.lower() for word in _WORDS.findall(raw)]
    side, words = _part_side([word for word in words if word not in _NOISE])
    part = _INSTEAD.get("".join(words)) if side else None
    return f"{side}_{part}" if part else raw


def _part_side(words: list[str]) -> tuple[str | None, list[str]]:
    """Take the side out of a name's words: a word of its own, or the beginning or the end of one (lefthip, rsho)."""
    for place in (0, -1, *range(1, len(words) - 1)):
        if len(words) > 1 and words[place] in _SIDES:
            return _SIDES[words[place]], [word for i, word in enumerate(words) if i != place % len(words)]
    whole = "".join(words)
    for spelling, side in _SIDES.items():
        if whole.startswith(spelling) and whole[len(spelling) :] in _PAIRED:
            return side, [whole[len(spelling) :]]
        if len(spelling) > 2 and whole.endswith(spelling) and whole[: -len(spelling)] in _PAIRED:
            return side, [whole[: -len(spelling)]]
    return None, words


def joint_names(raws: Sequence[str]) -> tuple[str, ...]:
    """Give our names of a file's joints; where two would have one name, the later one keeps its own.

    DeepLabCut's human model numbers sides instead of naming them: ankle1 is the right one, as in the LSP data set.
    """
    if {"ankle1", "hip2", "shoulder1"} <= {raw.lower() for raw in raws}:
        raws = [_NUMBERED.sub(lambda m: f"{'right' if m[2] == '1' else 'left'}_{m[1]}", raw) for raw in raws]
    names: list[str] = []
    for raw in raws:
        name = joint_name(raw)
        names.append(raw if name in names else name)
    for i, name in enumerate(names):
        other = _joint_instead(name) if name not in _KNOWN or name.endswith(("_hand", "_foot")) else name
        names[i] = name if other in names else other
    return tuple(names)


def is_known(raw: str) -> bool:
    """Whether a name is one of a joint that we know."""
    return joint_name(raw) in _KNOWN


def known_of_13(names) -> list[str]:
    """Give those of the 13 joints that are among names, or can be made of others there."""
    from_eyes = {"left_eye", "right_eye"} <= set(names) or {"head", "head_top"} & set(names)
    return [joint for joint in PAPER_13 if joint in names or joint == "nose" and from_eyes]


def given_skeleton(skeleton) -> tuple[str, ...] | None:
    """Give the joint names of what a caller passes as skeleton: a name, a list, a list in JSON, or a file of one.

    A file holds a JSON list, an object of joints and their numbers, or a name a line. None stays None.
    Raises ValueError or FileNotFoundError saying what is expected.
    """
    if skeleton is None:
        return None
    if not isinstance(skeleton, str | Path):
        return joint_names(names_of(skeleton))
    text, where = str(skeleton), "skeleton"
    if isinstance(skeleton, str) and text.lower().replace("-", "_") in SKELETONS | WHOLE_BODY:
        return names_of(text)
    if not text.lstrip().startswith(("[", "{")):
        path = Path(text)
        if not path.is_file() and not path.suffix:
            return names_of(text)  # which refuses it
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {path} of joint names; give one, or a skeleton's name.")
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"{path}: expected a list of joint names, got {path.stat().st_size:,} bytes.")
        text, where = path.read_text(encoding="utf-8-sig", errors="replace"), str(path)
    return _names_in(text, where)


def _names_in(text: str, where: str) -> tuple[str, ...]:
    such = 'a JSON list such as ["nose", "left_shoulder", ...], in the order of the file'
    if not text.lstrip().startswith(("[", "{")):
        names = [line.strip().strip(",") for line in text.splitlines() if line.strip()]
    else:
        try:
            names = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where}: expected {such}, got {text[:60]!r} ({str(error)[:80]}).") from None
    if isinstance(names, dict):
        names = _by_number(names)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"{where}: expected {such}, got {text[:60]!r}.")
    return joint_names(names)


def _by_number(names: dict):
    """Give the list that {"nose": 0, ...} or {"0": "nose", ...} stands for; None if it stands for none."""
    pairs = [(value, key) if isinstance(value, int) else (key, value) for key, value in names.items()]
    try:
        return [name for _, name in sorted((int(number), name) for number, name in pairs)]
    except (TypeError, ValueError):
        return None
