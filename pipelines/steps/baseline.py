"""Writes a project's baseline.json from its data: `python -m steps.baseline --project-directory DIR`.

The baseline is what validation compares the distribution of new data with. It is made by a person who has looked at the
data, committed, and made anew when a shift is accepted as the new normal.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from steps.errors import StepError

DIGITS = 6
"""Significant digits kept: enough for shares of rows, and the file stays readable."""


def rounded(value: Any) -> Any:
    """The same data with shorter numbers."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return {key: rounded(item) for key, item in value.items()} if isinstance(value, dict) else value


def main() -> int:
    """Writes baseline.json."""
    parser = argparse.ArgumentParser(prog="python -m steps.baseline", description="Writes a project's baseline.json from its data.")
    parser.add_argument("--project-directory", type=Path, required=True, help="Folder of the project.")
    parser.add_argument("--source", help="CSV file. Default: the project's extract.source.")
    arguments = parser.parse_args()
    try:
        from steps import contracts, documents, extract, project, validate
        from steps.statistics import summarise
        from steps.table import parse_csv

        found = project.load(arguments.project_directory)
        source = arguments.source or found.settings["extract.source"]
        content = extract.diabetes_csv() if source == extract.DIABETES else extract.read_source(source, "")
        table = parse_csv(content.decode("utf-8-sig"), source)
        schema = documents.parse(contracts.DataSchema, found.files["schema"], "schema.json")
        stops = [anomaly.message for anomaly in validate.check(table, schema, "data") if anomaly.severity == "stop"]
        if stops:
            raise StepError("the data is not as schema.json says: " + "; ".join(stops))
        summary = rounded(summarise(table, schema).model_dump(mode="json", by_alias=True))
        documents.write(found.directory / "baseline.json", documents.parse(contracts.Statistics, summary, "baseline.json"))
    except StepError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
