"""A paper's claims, one a row: what is claimed, what tests it here, what came out, and the verdict in words."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .markdown import markdown_table

SURE = 2.0
"""A difference counts where it is more than so many times its spread."""


@dataclass(frozen=True)
class Claim:
    """One claim. said: as the paper has it; test: the cell or command; found: the figures; verdict: in plain words."""

    said: str
    test: str
    found: str
    verdict: str


def difference(ours: tuple[float, float], theirs: tuple[float, float]) -> tuple[float, float]:
    """Subtract two results, each a mean and a standard deviation over seeds: gives the difference and its spread."""
    return ours[0] - theirs[0], math.hypot(ours[1], theirs[1])


def verdict(value: float, spread: float) -> str:
    """Say whether a difference that the paper claims to be above 0 is."""
    if abs(value) <= SURE * spread:
        return "no difference measured"
    return "holds" if value > 0 else "the reverse holds"


def as_table(claims: Iterable[Claim]) -> str:
    """Write claims as a Markdown table."""
    rows = [[str(i), c.said, c.test, c.found, f"**{c.verdict}**"] for i, c in enumerate(claims, 1)]
    return markdown_table(["", "the paper says", "tested by", "here", "verdict"], rows)
