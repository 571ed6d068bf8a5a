"""Evaluation: scores the model overall, by slice and against the current production model, all on the same holdout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from steps import contracts, digests, documents
from steps.contracts import DataSchema, Metrics, Slice
from steps.errors import StepError, nearest
from steps.gates import MetricName, SliceFloor, decide, regression_metrics
from steps.scorer import Scorer
from steps.signature import File, Parameter, Step
from steps.table import instances, labels, read_csv
from steps.train import FLOOR, METRIC
from steps.transform import SCHEMA

MOST_SLICES = 20
"""A feature with more values than this is not one to slice by."""

STEP = Step(
    name="evaluate",
    doc="Scores the model overall, by slice and against the current one, and blesses it or not.",
    inputs={
        "model": File("Folder of the trained model.", "Model"),
        "holdout": File("Rows kept from training, CSV.", "Dataset"),
    },
    outputs={
        "metrics": File("Metrics overall and by slice, JSON.", "Metrics"),
        "blessing": File("Whether the model may be registered, with reasons, JSON."),
    },
    parameters={
        "schema": SCHEMA,
        "champion": Parameter(str, "Folder of the current production model's package. Empty when there is none.", "", origin="run"),
        "champion_digest": Parameter(str, "Digest of that package.", "", origin="run"),
        "metric": METRIC,
        "floor": FLOOR,
        "min_delta": Parameter(
            Annotated[float, Field(ge=0)], "A model must be better than the current one by more than this, in the metric's unit.", 0.0
        ),
        "slices": Parameter(list[SliceFloor], "Features whose every value must pass a floor of its own.", []),
    },
)


def run(
    model: Path,
    holdout: Path,
    metrics: Path,
    blessing: Path,
    schema: dict[str, Any],
    champion: str,
    champion_digest: str,
    metric: MetricName,
    floor: float,
    min_delta: float,
    slices: list[SliceFloor],
) -> None:
    """Writes metrics and blessing."""
    wanted = documents.parse(DataSchema, schema, "schema.json")
    table = read_csv(holdout)
    rows, truth = instances(table, wanted), labels(table, wanted)
    guess = predict(Scorer.load(model), rows, "the model")
    by_slice = [part for item in slices for part in slice_metrics(item.feature, rows, truth, guess)]
    scored = Metrics(overall=regression_metrics(truth, guess), slices=by_slice)
    current = None
    if champion:
        current = regression_metrics(truth, predict(load_champion(champion, champion_digest), rows, "the current model"))
    documents.write(metrics, scored)
    documents.write(blessing, decide(metric, scored.overall, by_slice, current, floor, slices, min_delta))


def load_champion(path: str, digest: str) -> Scorer:
    """Loads the current model, which must be the one that was registered."""
    folder = Path(path.removeprefix("file://"))
    if not folder.is_dir():
        raise StepError(f"the current model's package {folder} is missing", "Restore it, or release another version")
    try:
        if digest and (found := digests.of_folder(folder)) != digest:
            raise StepError(f"the current model's package {folder} was changed: digest {found}, registered with {digest}")
        return Scorer.load(folder)
    except (OSError, ValueError, KeyError) as error:
        raise StepError(f"the current model's package {folder} cannot be read: {error}", "Restore it, or release another version") from None


def predict(scorer: Scorer, rows: Sequence[contracts.Instance], who: str) -> list[float]:
    """Predictions of every row; a row the model cannot take is an error, not a worse score."""
    names = {feature["name"] for feature in scorer.features}
    taken = [{name: value for name, value in row.items() if name in names} for row in rows]
    problems = scorer.problems(taken)
    if problems:
        more = f" and {len(problems) - 1} more" if problems[1:] else ""
        raise StepError(f"{who} cannot score the holdout: {problems[0]}{more}")
    return scorer.predict(taken)


def slice_metrics(feature: str, rows: Sequence[contracts.Instance], truth: Sequence[float], guess: Sequence[float]) -> list[Slice]:
    """Metrics for every value of a feature, in the order of the values. Rows without a value are left out."""
    if rows and feature not in rows[0]:
        raise StepError(f"evaluate.slices: {feature} is not a feature. {nearest(feature, list(rows[0]))}")
    places: dict[str | float, list[int]] = {}
    for index, row in enumerate(rows):
        value = row[feature]
        if value is not None:
            places.setdefault(value, []).append(index)
    if len(places) > MOST_SLICES:
        raise StepError(f"evaluate.slices: {feature} has {len(places)} values in the holdout, at most {MOST_SLICES} make slices")
    return [
        Slice(feature=feature, value=value, metrics=regression_metrics([truth[i] for i in at], [guess[i] for i in at]))
        for value, at in sorted(places.items(), key=lambda item: str(item[0]) if isinstance(item[0], str) else item[0])
    ]


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
