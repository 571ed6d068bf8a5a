"""Validation: schema, statistics, distribution, anomalies; ends the pipeline when the data must not be trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from steps import documents
from steps.contracts import Anomalies, Anomaly, DataSchema, Feature, Statistics
from steps.errors import StepError
from steps.signature import File, Parameter, Step
from steps.statistics import drift, summarise
from steps.table import Table, number, read_csv

LARGEST = 1e150
"""Beyond it a square is no finite number any more: no mean squared error, no standard deviation."""

SHOWN = 3
"""Rows named in one anomaly."""

STEP = Step(
    name="validate",
    doc="Checks the data against the schema and the baseline; stops the pipeline when it must not be trained on.",
    inputs={
        "training": File("Rows to train on, CSV.", "Dataset"),
        "holdout": File("Rows kept from training, CSV.", "Dataset"),
    },
    outputs={
        "statistics": File("What the training rows look like, JSON."),
        "anomalies": File("What is wrong with the data, and stop or go, JSON."),
    },
    parameters={
        "schema": Parameter(dict[str, Any], "The project's schema.json.", {}, origin="project"),
        "baseline": Parameter(
            dict[str, Any], "The project's baseline.json, statistics the data must resemble. Empty for none.", {}, origin="project"
        ),
        "min_rows": Parameter(Annotated[int, Field(ge=1)], "Fewest training rows.", 50),
        "max_psi": Parameter(
            Annotated[float, Field(ge=0)], "Population stability index against the baseline above which a column has shifted.", 0.25
        ),
        "on_drift": Parameter(Literal["stop", "warn"], "What a shifted column does: stop or warn.", "stop"),
    },
)


def run(
    training: Path,
    holdout: Path,
    statistics: Path,
    anomalies: Path,
    schema: dict[str, Any],
    baseline: dict[str, Any],
    min_rows: int,
    max_psi: float,
    on_drift: Literal["stop", "warn"],
) -> None:
    """Writes statistics and anomalies; raises after writing when the data is refused."""
    wanted = documents.parse(DataSchema, schema, "schema.json")
    reference = documents.parse(Statistics, baseline, "baseline.json") if baseline else None
    rows, aside = read_csv(training), read_csv(holdout)
    found = check(rows, wanted, "training") + check(aside, wanted, "holdout")
    if len(rows) < min_rows:
        message = f"{len(rows)} training rows, wanted at least {min_rows}"
        found.append(Anomaly(column=None, kind="too-few-rows", severity="stop", message=message))
    if reference and not any(anomaly.severity == "stop" for anomaly in found):
        found += shifted(rows, reference, max_psi, on_drift)
    stops = [anomaly for anomaly in found if anomaly.severity == "stop"]
    documents.write(anomalies, Anomalies(go=not stops, anomalies=found))
    if stops:
        raise StepError("the data was refused: " + "; ".join(anomaly.message for anomaly in stops))
    documents.write(statistics, summarise(rows, wanted))


def check(table: Table, schema: DataSchema, part: str) -> list[Anomaly]:
    """What of a table is not as the schema says."""
    found: list[Anomaly] = []
    target = Feature(name=schema.target.name, type="number", min=schema.target.min, max=schema.target.max)
    for feature in (*schema.features, target):
        if feature.name in table.columns:
            found += _values(table.column(feature.name), feature, part)
        elif feature.required:
            message = f"{part}: column {feature.name} is missing"
            found.append(Anomaly(column=feature.name, kind="missing-column", severity="stop", message=message))
    known = {feature.name for feature in schema.features} | {target.name}
    for name in table.columns:
        if name not in known:
            message = f"{part}: column {name} is not in schema.json and is not used"
            found.append(Anomaly(column=name, kind="unexpected-column", severity="warn", message=message))
    return found


def _values(texts: Sequence[str], feature: Feature, part: str) -> list[Anomaly]:
    missing: list[int] = []
    mistyped: list[int] = []
    beyond: list[int] = []
    unknown: list[int] = []
    low = -LARGEST if feature.min is None else max(feature.min, -LARGEST)
    high = LARGEST if feature.max is None else min(feature.max, LARGEST)
    for row, text in enumerate(texts):
        value = number(text) if feature.type == "number" else text
        if text == "":
            missing.append(row)
        elif value is None:
            mistyped.append(row)
        elif isinstance(value, float) and not low <= value <= high:
            beyond.append(row)
        elif feature.domain is not None and value not in feature.domain:
            unknown.append(row)

    def anomaly(kind: Any, rows: list[int], wanted: str) -> Anomaly:
        shown = ", ".join(f"row {row + 1} has {texts[row]!r}" for row in rows[:SHOWN])
        more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        message = f"{part}: {feature.name}: {shown}{more}; wanted {wanted}"
        return Anomaly(column=feature.name, kind=kind, severity="stop", message=message)

    found = []
    if missing and feature.required:
        found.append(anomaly("missing-value", missing, "a value in every row"))
    if mistyped:
        found.append(anomaly("wrong-type", mistyped, "a finite number"))
    if beyond:
        found.append(anomaly("out-of-range", beyond, f"{low:g} to {high:g}"))
    if unknown:
        found.append(anomaly("unknown-value", unknown, f"one of {', '.join(map(str, feature.domain or []))}"))
    return found


def shifted(table: Table, reference: Statistics, limit: float, severity: Literal["stop", "warn"]) -> list[Anomaly]:
    """Columns whose distribution is further from the baseline than the limit."""
    found = []
    for column in reference.columns:
        if column.name not in table.columns:
            continue
        distance = drift(column, table.column(column.name))
        if distance > limit:
            message = f"{column.name}: distribution has shifted from the baseline: PSI {distance:.3g}, wanted at most {limit:g}"
            found.append(Anomaly(column=column.name, kind="distribution", severity=severity, message=message))
    return found


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
