"""Which of a file's joints are the 13: by their names, and by who hangs below whom.

A joint is where its bone begins, so the forearm is the elbow. Where a name means one joint in one tool and another in
the next (LeftShoulder is the collar bone beside LeftArm, and the shoulder beside LeftElbow), the whole limb decides.
"""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .joint_words import FACE, HELPERS, LIMBS, PARTS, SIDES, Name, take_apart

_MOST_CHOICES = 8
Group = tuple[str, str, str | None]
"""A namespace, a prefix and a number that the names of a body share; None: any number."""


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


def _main_group(told: Sequence[Name | None]) -> Group:
    """Give the group that names most joints of a body: of several, one of no helpers, then the first.

    Its number is None where no number names half of them, as where each joint has its own.
    """
    covered: dict[Group, set] = {}
    for name in filter(None, told):
        for group in (name.group, (*name.group[:2], None)):
            covered.setdefault(group, set()).add((name.side, name.part))
    if not covered:
        return "", "", None

    def best(groups):
        return max(groups, key=lambda group: (len(covered[group]), not HELPERS & set(group[1].split())))

    whole = best(group for group in covered if group[2] is None)
    numbered = best(group for group in covered if group[:2] == whole[:2] and group[2] is not None)
    return numbered if len(covered[numbered]) >= len(covered[whole]) / 2 else whole


def _distance(group: Group, main: Group) -> int:
    """Say how unlikely it is that a joint of this group belongs to the main group's body."""
    apart = 50 * (group[0] != main[0]) + 5 * (group[1] != main[1])
    apart += 20 * bool(HELPERS & set(group[1].split()) - set(main[1].split()))
    return apart + 3 * bool(apart or group[2] != main[2] is not None)


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
    choices = [sorted(choice)[:_MOST_CHOICES] for choice in choices]
    above = {} if parents is None else {p: {*_chain_up(p, parents)} for choice in choices for _, p in choice if p >= 0}
    best, cost = tuple(-1 for _ in choices), np.inf
    for chain in itertools.product(*choices):
        places = tuple(place for _, place in chain)
        real = [place for place in places if place >= 0]
        if len(set(real)) < len(real):
            continue
        wrong = sum(_misplaced(upper, lower, above) for upper, lower in itertools.pairwise(real)) if above else 0
        total = sum(rank for rank, _ in chain) + wrong
        if total < cost:
            best, cost = places, total
    if cost is np.inf:  # one joint is the only choice for two: the upper one has it
        firsts = [choice[0][1] for choice in choices]
        best = tuple(-1 if place in firsts[:i] else place for i, place in enumerate(firsts))
    return best


def _misplaced(upper: int, lower: int, above: dict[int, set[int]]) -> int:
    """Say how wrong it is that lower follows upper in a limb: 0 below it, 30 elsewhere, 200 above it."""
    if upper in above[lower]:
        return 0
    return 200 if lower in above[upper] else 30


def is_below(joint: int, above: int, parents: np.ndarray) -> bool:
    """Say whether a joint hangs below another one."""
    return above in _chain_up(joint, parents)


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
    parts: dict[Group, set] = {}
    for name in told:
        if name and name.side and not HELPERS & set(name.group[1].split()):
            parts.setdefault(name.group, set()).add((name.side, name.part))
    whole = [group for group, found in parts.items() if len(found) >= 2 * sum(map(len, LIMBS))]
    others = [group for group in whole if _distance(group, main)]
    if not others:
        return ()
    said = ", ".join(" ".join(filter(None, group)) or "one without a prefix" for group in (main, *others))
    return (f"there are {1 + len(others)} bodies ({said}); the first is taken",)


def with_head_by_place(found: Found, names: Sequence[str], parents: np.ndarray, rest: np.ndarray) -> Found:
    """Take the top of the neck for a head whose name tells nothing, where only the nose is missing.

    The neck goes on from where the shoulders' limbs meet, up the spine, as long as it does not branch.
    """
    if found.missing != ("nose",):
        return found
    at = {joint: rest[places[0]] for joint, places in found.joints.items()}
    shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
    up = shoulders - (at["left_hip"] + at["right_hip"]) / 2
    tops = (rest - shoulders) @ up / max(float(up @ up), 1e-12)
    for joint in range(len(parents) - 1, -1, -1):  # parents come first
        if parents[joint] >= 0:
            tops[parents[joint]] = max(tops[parents[joint]], tops[joint])
    arms = [found.joints[f"{side}_shoulder"][0] for side in SIDES]
    place = next((joint for joint in _chain_up(arms[0], parents) if is_below(arms[1], joint, parents)), -1)
    head = -1
    while place >= 0:
        children = [child for child in np.flatnonzero(parents == place).tolist() if not _carries(child, arms, parents)]
        if not children or (head >= 0 and len(children) > 1) or tops[children].max() < 0.1:
            break
        head = place = children[int(np.argmax(tops[children]))]
    if head < 0:
        return found
    joints = {"nose": (head,), **found.joints}
    return dataclasses.replace(
        found, joints=joints, face="head", missing=(), notes=(*found.notes, f"{names[head]} is taken for the head")
    )


def _chain_up(joint: int, parents: np.ndarray):
    """Give the joints above one, from its parent to the root."""
    for _ in range(len(parents)):
        joint = int(parents[joint])
        if joint < 0:
            return
        yield joint


def _carries(joint: int, limbs: Sequence[int], parents: np.ndarray) -> bool:
    return any(joint == limb or is_below(limb, joint, parents) for limb in limbs)
