"""The rows of a table in text, one by one: any usual separator, encoding and spelling of a number."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

MAX_LINE = 2**20
"""Characters; no row of a table of keypoints is longer."""
BLANK = {"", "nan", "none", "null", "na", "n/a", "-", "--", "inf", "-inf", "#n/a"}
LOOKS = (
    "a CSV has a row a person with columns frame, NAME_x, NAME_y, NAME_conf for each joint, or a row a point with "
    "columns frame, joint, x, y, confidence"
)


class Table:
    """The rows of a text file, split into cells, and where they stand.

    Raises ValueError, naming file and line, if a line is too long or no text.
    """

    def __init__(self, path: Path, progress=None):
        self.path, self.line, self.header = path, 0, 1  # the line that is read, and that of the header
        with open(path, "rb") as file:
            head = file.read(2**16)
        encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        self._text = path.open(encoding=encoding, errors="replace")
        lines = head.decode(encoding, "replace").splitlines()[:5]
        self.separator = max("\t;,", key=lambda mark: sum(line.count(mark) for line in lines))
        if not any(self.separator in line for line in lines):
            self.separator = " "
        self.decimal_comma = self.separator == ";"
        self._progress = progress

    def close(self) -> None:
        self._text.close()

    def error(self, problem: str, line: int | None = None) -> ValueError:
        """A ValueError that names the file and a line, else the one where reading stands."""
        return ValueError(f"{self.path}, line {line or self.line:,}: {problem}.")

    def rows(self) -> Iterator[list[str]]:
        """Give the cells of each line that is not blank."""
        if self.separator == " ":
            for line in self._lines():
                if cells := line.split():
                    yield cells
            return
        reader = csv.reader(self._lines(), delimiter=self.separator)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self.error(f"expected a table, got a line that is none ({error})") from None
            if cells and any(cells):
                yield cells

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(MAX_LINE + 1):
            self.line += 1
            if len(line) > MAX_LINE:
                raise self.error(f"expected lines of at most {MAX_LINE:,} characters, got a longer one; {LOOKS}")
            if "\0" in line:
                raise self.error(f"expected text, got other bytes; {LOOKS}")
            if self._progress:
                self._progress(len(line))
            yield line

    def number(self, cell: str) -> float:
        """Give a cell's number, NaN where it is blank. Raises ValueError."""
        try:
            return float(cell)
        except ValueError:
            text = cell.strip().strip("\"'").lower()
        if text in BLANK:
            return math.nan
        try:
            return float(text.replace(",", ".") if self.decimal_comma else text)
        except ValueError:
            raise self.error(f"expected a number, got {cell[:40]!r}") from None

    def numbers(self, cells: list[str], places: list[int]) -> list[float]:
        """Give the numbers of cells at places. Raises ValueError if the row is too short."""
        try:
            picked = [cells[place] for place in places]
        except IndexError:
            raise self.error(f"expected at least {max(places) + 1} columns as above, got {len(cells)}") from None
        try:
            return list(map(float, picked))
        except ValueError:
            return [self.number(cell) for cell in picked]
