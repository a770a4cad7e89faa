"""Names of a body's joints taken apart, whatever tool wrote them.

"mixamorig7:LeftForeArm" is the forearm on the left, in the group of mixamorig7: a group is a namespace, a prefix and a
number, which all joints of a body share.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

SIDES = {
    "left": ("left", "l", "lft", "lt", "lf", "左"),
    "right": ("right", "r", "rgt", "rt", "右"),
}  # fmt: skip
"""Words for a side, wherever they stand in a name."""

LIMBS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
PARTS: dict[str, tuple[str, ...]] = {
    "shoulder": (
        "upperarm uparm uarm armupper armup humerus shldr shldrbend upperarmbend shoulderbend armstretch "
        "upperarmstretch shoulderjointcenter sjc clo 腕 うで",
        "arm", "shoulder sho acromion",
    ),
    "elbow": (
        "elbow elb elbowjointcenter ejc huo ひじ 肘",
        "forearm lowerarm lowarm loarm farm larm armlower armlow radius forearmbend lowerarmbend forearmstretch ulna",
        "", "", "arm",
    ),
    "wrist": ("wrist wri wristjointcenter wjc rao 手首", "hand", "palm"),
    "hip": (
        "upperleg upleg uleg thigh legupper legup femur thighbend upperlegbend thighstretch hipjointcenter hjc fep "
        "足 もも",
        "hip", "leg",
    ),
    "knee": (
        "knee kne kneejointcenter kjc feo ひざ 膝",
        "lowerleg lowleg loleg lleg foreleg shin calf tibia shank leglower leglow shinbend calfbend legstretch", "leg",
    ),
    "ankle": ("ankle ank anklejointcenter ajc tio 足首", "foot"),
}  # fmt: skip
"""Names of a part of a limb, in one word and lower case: those of the first text are the surest sign of the joint."""
FACE = {
    "nose": "nose nosetip", "eye": "eye eyeball faceeye eyesmplhf 目", "head": "head skull hedo 頭", "ear": "ear",
    "top": "headtop tophead vertex", "neck": "neck neckbase 首",
}  # fmt: skip
"""Names of what tells where the nose is, in the order in which it is believed."""

_MOST_LETTERS = 200
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_NOISE = {"joint", "jnt", "jt", "bone", "bn", "bind", "deform"}
_MIDDLE = {"c", "m", "x", "mid", "center", "centre"}
HELPERS = {"ik", "fk", "org", "mch", "ctrl", "twist", "roll", "pole", "target", "helper", "vb", "end", "nub"}
_SIDED_FACE = {*FACE["eye"].split(), *FACE["ear"].split()}
_WORDS = {word for ranks in PARTS.values() for text in ranks for word in text.split()}
_MIDDLE_WORDS = {word: role for role, text in FACE.items() for word in text.split()}


@dataclass(frozen=True)
class Name:
    """A name taken apart: group is (namespace, prefix, number); side "left", "right" or ""; part in one word."""

    group: tuple[str, str, str]
    side: str
    part: str


@lru_cache(4096)
def take_apart(name: str) -> Name | None:
    """Take a name apart; None where no end of it is the name of a part of the body."""
    if len(name) > _MOST_LETTERS:
        return None
    space, local = _split_namespace(name)
    tokens = [token for token in map(str.lower, _TOKEN.findall(local)) if token not in _MIDDLE]
    while tokens and tokens[-1] in _NOISE:
        tokens.pop()
    side, rest = _side_of(tokens)
    number = ""
    while len(rest) > 1 and (rest[-1].isdecimal() or rest[-1] in _NOISE):
        number, rest = (rest[-1] if rest[-1].isdecimal() else number), rest[:-1]
    for start in range(len(rest)):
        told = _part_of("".join(rest[start:]), side)
        if told:
            return Name((space, " ".join(rest[:start]), number), *told)
    return None


def _split_namespace(name: str) -> tuple[str, str]:
    """Split "Actor_01:Hips" or "Armature|Spine|Head" into what the body's names share and a name's last word."""
    path = [part for part in re.split(r"[|/]", name) if part] or [name]
    space, colon, local = path[-1].rstrip(":").rpartition(":")
    return (space if colon or len(path) == 1 else path[0]), local


def _side_of(tokens: list[str]) -> tuple[str, list[str]]:
    """Find the one side that the tokens name, and the other tokens; "" where they name none, or both."""
    said = {token: side for token in tokens for side, words in SIDES.items() if token in words}
    if len(set(said.values())) != 1:
        return "", tokens
    return next(iter(said.values())), [token for token in tokens if token not in said]


def _part_of(text: str, side: str) -> tuple[str, str] | None:
    """Give (side, part) where text, with a side before or behind it or without one, names a part of the body."""
    sided = _WORDS | _SIDED_FACE
    if side:
        return (side, text) if text in sided else None
    if text in _MIDDLE_WORDS and text not in sided:
        return "", text
    for name, words in SIDES.items():
        for word in words:
            if text.startswith(word) and text[len(word) :] in sided:
                return name, text[len(word) :]
    for name, words in SIDES.items():
        for word in words:
            if text.endswith(word) and text[: -len(word)] in sided:
                return name, text[: -len(word)]
    return None


def side_of(name: str) -> str:
    """Give the side that a name tells, "left" or "right"; "" where it tells none."""
    told = take_apart(name)
    return told.side if told else _side_of([token.lower() for token in _TOKEN.findall(_split_namespace(name)[1])])[0]
