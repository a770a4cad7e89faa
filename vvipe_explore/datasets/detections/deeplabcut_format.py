"""DeepLabCut's CSV: three header rows (scorer, bodyparts, coords), or four with individuals."""

from collections.abc import Iterator

from .reading import Reading
from .rows import MAX_POINTS
from .table import Table
from .table_columns import Columns
from .table_people import TablePeople


def read_deeplabcut(reading: Reading, table: Table, first: list[str], rows: Iterator[list[str]]) -> None:
    """Read the table behind its first row. Raises ValueError naming file and line."""
    heads = {"scorer": first}
    for cells in rows:
        heads[cells[0].strip().lower()] = cells
        if cells[0].strip().lower() == "coords" or len(heads) > 4:
            break
    if "coords" not in heads or "bodyparts" not in heads:
        raise table.error("expected DeepLabCut's rows scorer, bodyparts and coords, got others; export the CSV again")
    coords = [cell.strip().lower() for cell in heads["coords"]]
    parts, people = heads["bodyparts"], heads.get("individuals", [])
    lead = next((i for i, cell in enumerate(coords) if cell == "x"), len(coords))
    found: dict[str, dict[str, dict[str, int]]] = {}
    for i in range(lead, min(len(coords), len(parts))):
        who = people[i].strip() if i < len(people) else ""
        found.setdefault(who, {}).setdefault(parts[i].strip(), {}).setdefault(coords[i], i)
    names = list(next(iter(found.values()), {}))
    if not names or len(names) > MAX_POINTS:
        raise table.error(f"expected columns x, y, likelihood of 1 to {MAX_POINTS} body parts, got {len(names)}")
    reading.skeletons.append([name[:80] for name in names])
    reading.rows.counts = None
    reading.about.tool = "DeepLabCut"
    whole = [parts for parts in found.values() if all({"x", "y"} <= parts.get(name, {}).keys() for name in names)]
    _read_people(reading, table, rows, whole, names, lead)


def _read_people(reading: Reading, table: Table, rows, people: list, names: list[str], lead: int) -> None:
    """Read each row's people. A row's picture is its number, or the name of a picture."""
    sure = all("likelihood" in part for parts in people for part in parts.values())
    unsure = [] if sure else range(2, 3 * len(names), 3)
    block = TablePeople(reading, table, Columns(frame=lead - 1), len(names), unsure)
    keys = ("x", "y", "likelihood") if sure else ("x", "y", "x")
    places = [[parts[name][key] for name in names for key in keys] for parts in people]
    for cells in rows:
        for i, wanted in enumerate(places):
            values = table.numbers(cells, wanted)
            block.add_at(values, cells, i if len(places) > 1 else -1)
    block.finish()
