"""Tables in Markdown, as the notebooks and RESULTS.md show them."""

from collections.abc import Iterable, Sequence


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table with a line for the head and one for each row; every cell is text."""
    lines = (f"| {' | '.join(cells)} |" for cells in (head, *rows))
    return "\n".join((next(lines), "|" + "---|" * len(head), *lines))
