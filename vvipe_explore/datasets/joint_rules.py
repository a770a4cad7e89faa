"""Which of a file's joints are the 13: by their names, whatever tool wrote them, and by who hangs below whom.

A name is taken apart into a group (namespace, prefix and number, which all joints of a body share), a side and a part:
"mixamorig7:LeftForeArm" is the forearm on the left, in the group of mixamorig7. A joint is where its bone begins, so
the forearm is the elbow. Where a name means one joint in one tool and another in the next (LeftShoulder is the collar
bone beside LeftArm, and the shoulder beside LeftElbow), the whole limb decides.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

SIDES = {
    "left": ("left", "l", "lft", "lt", "左"),
    "right": ("right", "r", "rgt", "rt", "右"),
}  # fmt: skip
"""Words for a side, wherever they stand in a name."""

LIMBS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
PARTS: dict[str, tuple[str, ...]] = {
    "shoulder": (
        "upperarm uparm uarm armupper humerus shldr shldrbend upperarmbend shoulderbend armstretch upperarmstretch "
        "shoulderjointcenter sjc clo 腕 うで",
        "arm", "shoulder sho acromion",
    ),
    "elbow": (
        "elbow elb elbowjointcenter ejc huo ひじ 肘",
        "forearm lowerarm lowarm loarm farm larm armlower radius forearmbend lowerarmbend forearmstretch ulna",
        "", "", "arm",
    ),
    "wrist": ("wrist wri wristjointcenter wjc rao 手首", "hand", "palm"),
    "hip": (
        "upperleg upleg uleg thigh legupper femur thighbend upperlegbend thighstretch hipjointcenter hjc fep 足 もも",
        "hip", "leg",
    ),
    "knee": (
        "knee kne kneejointcenter kjc feo ひざ 膝",
        "lowerleg lowleg loleg lleg foreleg shin calf tibia shank leglower shinbend calfbend legstretch", "leg",
    ),
    "ankle": ("ankle ank anklejointcenter ajc tio 足首", "foot"),
}  # fmt: skip
"""Names of a part of a limb, in one word and lower case: those of the first text are the surest sign of the joint."""
FACE = {
    "nose": "nose nosetip", "eye": "eye eyeball faceeye eyesmplhf 目", "head": "head skull hedo 頭", "ear": "ear",
    "top": "headtop tophead vertex", "neck": "neck neckbase 首",
}  # fmt: skip
"""Names of what tells where the nose is, in the order in which it is believed."""

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_NOISE = {"joint", "jnt", "jt", "bone", "bn", "bind", "deform"}
_MIDDLE = {"c", "m", "x", "mid", "center", "centre"}
_HELPERS = {"ik", "fk", "org", "mch", "ctrl", "twist", "roll", "pole", "target", "helper", "vb", "end", "nub"}
_SIDED_FACE = {*FACE["eye"].split(), *FACE["ear"].split()}
_WORDS = {word for ranks in PARTS.values() for text in ranks for word in text.split()}
_MIDDLE_WORDS = {word: role for role, text in FACE.items() for word in text.split()}


@dataclass(frozen=True)
class Name:
    """A name taken apart: group is (namespace, prefix, number); side "left", "right" or ""; part in one word."""

    group: tuple[str, str, str]
    side: str
    part: str


@dataclass(frozen=True)
class Found:
    """The places of the body's joints among a file's names: {joint: one place, or several whose mean is taken}.

    face: the part of FACE that "nose" has the place of; "" where a map says so. missing: the joints that no name tells.
    notes: what a user should know of the choice.
    """

    joints: dict[str, tuple[int, ...]]
    face: str = ""
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@cache
def take_apart(name: str) -> Name | None:
    """Take a name apart; None where no end of it is the name of a part of the body."""
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
    """Split "Actor_01:Hips" or "Armature|Hips" before the name's last word."""
    at = max(name.rstrip(":|/").rfind(mark) for mark in ":|/")
    return (name[:at], name[at + 1 :]) if at >= 0 else ("", name)


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


def recognise(names: Sequence[str], parents: np.ndarray | None = None) -> Found:
    """Find the 13 joints among names; Found.missing lists those that no name tells.

    parents: each name's parent, -1 for a root; None for points without a hierarchy.
    """
    told = [take_apart(name) for name in names]
    main = _main_group(told)
    joints: dict[str, tuple[int, ...]] = {}
    for side, limb in itertools.product(SIDES, LIMBS):
        for joint, place in _limb(told, main, side, limb, parents).items():
            joints[f"{side}_{joint}"] = (place,)
    face, places = _face(told, main, parents)
    if places:
        joints["nose"] = places
    wanted = ["nose", *(f"{side}_{joint}" for limb in LIMBS for joint in limb for side in SIDES)]
    missing = tuple(joint for joint in wanted if joint not in joints)
    ordered = {joint: joints[joint] for joint in wanted if joint in joints}
    return Found(ordered, face, missing, (*said_twice(names, ordered), *_other_bodies(told, main)))


def _main_group(told: Sequence[Name | None]) -> tuple[str, str, str]:
    """Give the group that names most joints of a body: of several, one of no helpers, then the first."""
    covered: dict[tuple[str, str, str], set] = {}
    for name in told:
        if name:
            covered.setdefault(name.group, set()).add((name.side, name.part))
    if not covered:
        return "", "", ""
    return max(covered, key=lambda group: (len(covered[group]), not _HELPERS & set(group[1].split())))


def _distance(group: tuple[str, str, str], main: tuple[str, str, str]) -> int:
    """Say how unlikely it is that a joint of this group belongs to the main group's body."""
    if group == main:
        return 0
    helper = 20 if _HELPERS & set(group[1].split()) else 0
    return (50 if group[0] != main[0] else 0) + (5 if group[1] != main[1] else 0) + 3 + helper


def _limb(told, main, side: str, limb: Sequence[str], parents: np.ndarray | None) -> dict[str, int]:
    """Choose the joints of one limb: those whose names tell them best, each below the one before it."""
    choices = []
    for joint in limb:
        ranks = {word: rank for rank, text in reversed([*enumerate(PARTS[joint])]) for word in text.split()}
        if joint == "wrist" and any(name and name.side == side and name.part == "radius" for name in told):
            ranks["hand"] = -1  # Acclaim's bone "wrist" is the lower half of the forearm
        choices.append(
            [
                (ranks[name.part] + _distance(name.group, main), place)
                for place, name in enumerate(told)
                if name and name.side == side and name.part in ranks
            ]
        )
    best = _best_chain([choice or [(0, -1)] for choice in choices], parents)
    return {joint: place for joint, place in zip(limb, best, strict=True) if place >= 0}


def _best_chain(choices: list[list[tuple[int, int]]], parents: np.ndarray | None) -> tuple[int, ...]:
    """Give the cheapest places of a limb, one a choice, all different; -1 where there is no choice."""
    best, cost = tuple(-1 for _ in choices), np.inf
    for chain in itertools.product(*(sorted(choice)[:8] for choice in choices)):
        places = tuple(place for _, place in chain)
        real = [place for place in places if place >= 0]
        if len(set(real)) < len(real):
            continue
        wrong = 0 if parents is None else sum(_misplaced(a, b, parents) for a, b in itertools.pairwise(real))
        total = sum(rank for rank, _ in chain) + wrong
        if total < cost:
            best, cost = places, total
    if cost is np.inf:  # one joint is the only choice for two: the upper one has it
        best = tuple(place if place not in best[:i] else -1 for i, place in enumerate(c[0][1] for c in choices))
    return best


def _misplaced(upper: int, lower: int, parents: np.ndarray) -> int:
    """Say how wrong it is that lower follows upper in a limb: 0 below it, 30 elsewhere, 200 above it."""
    if is_below(lower, upper, parents):
        return 0
    return 200 if is_below(upper, lower, parents) else 30


def is_below(joint: int, above: int, parents: np.ndarray) -> bool:
    """Say whether a joint hangs below another one."""
    for _ in range(len(parents)):
        joint = int(parents[joint])
        if joint == above:
            return True
        if joint < 0:
            return False
    return False


def _face(told: Sequence[Name | None], main, parents: np.ndarray | None) -> tuple[str, tuple[int, ...]]:
    """Find what tells where the nose is: its part of FACE and its places. Eyes that no head carries are targets."""
    found = {role: _nearest(told, main, set(text.split())) for role, text in FACE.items()}
    head = found["head"].get("")
    for role, places in found.items():
        if role not in ("eye", "ear"):
            if "" in places:
                return role, (places[""],)
        elif {"left", "right"} <= places.keys():
            both = places["left"], places["right"]
            if parents is None or head is None or all(is_below(place, head, parents) for place in both):
                return role, both
    return "", ()


def _nearest(told: Sequence[Name | None], main, words: set[str]) -> dict[str, int]:
    """Give each side's place ("left", "right" or "") of the name among words whose group is nearest to the body's."""
    best: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(told):
        if name and name.part in words and (far := _distance(name.group, main)) < 20:
            best[name.side] = min(best.get(name.side, (far, place)), (far, place))
    return {side: place for side, (_, place) in best.items()}


def said_twice(names: Sequence[str], joints: dict[str, tuple[int, ...]]) -> tuple[str, ...]:
    """Say which names of the body several joints have."""
    used = {names[place] for places in joints.values() for place in places}
    twice = [name for name in dict.fromkeys(names) if name in used and list(names).count(name) > 1]
    return tuple(f"{list(names).count(name)} joints are named {name}; the first is taken" for name in twice)


def _other_bodies(told: Sequence[Name | None], main) -> tuple[str, ...]:
    """Say that there are other whole bodies, in groups of their own."""
    parts: dict[tuple[str, str, str], set] = {}
    for name in told:
        if name and name.side and not _HELPERS & set(name.group[1].split()):
            parts.setdefault(name.group, set()).add((name.side, name.part))
    others = [group for group, found in parts.items() if group != main and len(found) >= 2 * sum(map(len, LIMBS))]
    if not others:
        return ()
    said = ", ".join(" ".join(filter(None, group)) or "one without a prefix" for group in (main, *others))
    return (f"there are {1 + len(others)} bodies ({said}); the first is taken",)


def side_of(name: str) -> str:
    """Give the side that a name tells, "left" or "right"; "" where it tells none."""
    told = take_apart(name)
    return told.side if told else _side_of([token.lower() for token in _TOKEN.findall(_split_namespace(name)[1])])[0]
