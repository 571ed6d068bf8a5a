"""Tables as CSV files. Values stay text until a schema says what they are, so that a wrong one can be shown as it stands."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from steps.contracts import DataSchema, Instance
from steps.documents import write_text
from steps.errors import StepError


@dataclass(frozen=True)
class Table:
    """Rows of text under named columns."""

    columns: tuple[str, ...]
    rows: list[list[str]]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, indices: list[int]) -> Table:
        """The rows at these places, in this order."""
        return Table(self.columns, [self.rows[index] for index in indices])

    def column(self, name: str) -> list[str]:
        """The texts of a column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]


def parse_csv(content: str, where: str) -> Table:
    """Reads CSV with a header line. Refuses uneven rows and repeated columns."""
    reader = csv.reader(io.StringIO(content))
    try:
        lines = list(reader)
    except csv.Error as error:
        raise StepError(f"{where}: line {reader.line_num} is not CSV: {str(error).split(' - ')[0]}") from None
    header = [name.strip() for name in (lines[0] if lines else [])]
    if not header or not all(header):
        raise StepError(f"{where}: the first line must name every column, got {header!r}")
    if len(set(header)) != len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise StepError(f"{where}: column {', '.join(twice)} stands twice in the first line")
    rows = [[value.strip() for value in row] for row in lines[1:] if row]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise StepError(f"{where}: row {number} has {len(row)} values, wanted {len(header)} as in the first line")
    return Table(tuple(header), rows)


def read_csv(path: Path) -> Table:
    """Reads a CSV file."""
    try:
        return parse_csv(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise StepError(f"{path} is not UTF-8 text: byte {error.start}") from None


def to_csv(table: Table) -> str:
    """A table as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return out.getvalue()


def write_csv(path: Path, table: Table) -> None:
    """Writes a CSV file."""
    write_text(path, to_csv(table))


def number(value: str) -> float | None:
    """A finite number, or None when the text is none."""
    try:
        # float() would take 1_000 for a thousand.
        parsed = math.nan if "_" in value else float(value)
    except ValueError:
        return None
    return parsed if math.isfinite(parsed) else None


def instances(table: Table, schema: DataSchema) -> list[Instance]:
    """The rows as a client would send them: numbers as numbers, missing values as null. For validated tables."""
    places = {name: place for place, name in enumerate(table.columns)}
    features = [(feature, places[feature.name]) for feature in schema.features if feature.name in places]
    return [
        {
            feature.name: None if row[place] == "" else (number(row[place]) if feature.type == "number" else row[place])
            for feature, place in features
        }
        for row in table.rows
    ]


def labels(table: Table, schema: DataSchema) -> list[float]:
    """The target of each row. For validated tables."""
    return [float(value) for value in table.column(schema.target.name)]
