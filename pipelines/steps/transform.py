"""Transformation: learns the transform from the training rows only; serving applies the very same state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steps import documents, features
from steps.contracts import Anomalies, DataSchema
from steps.errors import StepError
from steps.features import Scaling
from steps.signature import File, Parameter, Step
from steps.table import instances, read_csv

SCHEMA = Parameter(dict[str, Any], "The project's schema.json.", {}, origin="project")
NUMBERS = Parameter(
    Scaling,
    "Numbers: center subtracts the mean (features that are scaled already); standardize also divides by the standard deviation.",
    "standardize",
    setting="transform.numbers",
)

STEP = Step(
    name="transform",
    doc="Learns the transform from the training rows.",
    inputs={
        "training": File("Rows to train on, CSV.", "Dataset"),
        "anomalies": File("The validation's word: stop or go, JSON."),
    },
    outputs={"transform": File("The transform's state, JSON.")},
    parameters={"schema": SCHEMA, "numbers": NUMBERS},
)


def run(training: Path, anomalies: Path, transform: Path, schema: dict[str, Any], numbers: Scaling) -> None:
    """Writes the transform's state."""
    require_go(anomalies)
    wanted = documents.parse(DataSchema, schema, "schema.json")
    documents.write(transform, features.fit(instances(read_csv(training), wanted), wanted, numbers))


def require_go(anomalies: Path) -> None:
    """Refuses data that the validation refused."""
    verdict = documents.read(Anomalies, anomalies)
    if not verdict.go:
        raise StepError("the data was refused by the validation step")


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
