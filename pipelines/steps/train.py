"""Training: a ridge regression on the transformed training rows, written as plain numbers."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from steps import documents
from steps.contracts import DataSchema, Golden, LinearModel, Manifest, Metric, Search, TransformState
from steps.errors import StepError
from steps.features import Transform
from steps.gates import DIRECTION, MetricName
from steps.scorer import Scorer
from steps.signature import File, Parameter, Step
from steps.table import instances, labels, read_csv
from steps.transform import SCHEMA
from steps.tune import Penalty

GOLDEN_ROWS = 5
"""Training rows whose predictions are kept to check every later scorer against."""

METRIC = Parameter(MetricName, "What a model is judged by.", "mse", setting="evaluate.metric")
FLOOR = Parameter(float, "Worst value of the metric that passes; an upper bound for errors.", 0.0, setting="evaluate.floor")

STEP = Step(
    name="train",
    doc="Trains a ridge regression on the transformed training rows.",
    inputs={
        "training": File("Rows to train on, CSV.", "Dataset"),
        "transform": File("The transform's state, JSON."),
        "search": File("What tuning chose, JSON."),
    },
    outputs={
        "model": File("Folder with model, transform, schema and manifest, JSON.", "Model"),
        "golden": File("Rows with the training library's own predictions, JSON."),
    },
    parameters={
        "project": Parameter(str, "Name of the project, which is the model's name.", "", origin="project"),
        "schema": SCHEMA,
        "metric": METRIC,
        "floor": FLOOR,
        "alpha": Parameter(Penalty | Literal["tuned"], "Strength of the ridge penalty; tuned takes what tuning chose.", "tuned"),
        "solver": Parameter(Literal["auto", "sag"], "auto: in closed form; sag: stochastic average gradient.", "auto"),
        "iterations": Parameter(Annotated[int, Field(ge=1)], "Most passes of the sag solver over the rows.", 1000),
    },
)


def run(
    training: Path,
    transform: Path,
    search: Path,
    model: Path,
    golden: Path,
    project: str,
    schema: dict[str, Any],
    metric: MetricName,
    floor: float,
    alpha: float | Literal["tuned"],
    solver: Literal["auto", "sag"],
    iterations: int,
) -> None:
    """Writes the model folder and golden predictions."""
    wanted = documents.parse(DataSchema, schema, "schema.json")
    state = documents.read(TransformState, transform)
    penalty = documents.read(Search, search).best["alpha"] if alpha == "tuned" else alpha
    table = read_csv(training)
    rows, truth = instances(table, wanted), labels(table, wanted)
    learnt = Transform.of(state)
    fitted, library = fit(learnt.apply(rows), truth, learnt.outputs, penalty, solver, iterations)
    manifest = Manifest(
        project=project,
        python=".".join(platform.python_version_tuple()[:2]),
        packages={"numpy": importlib.metadata.version("numpy")},
        metric=Metric(name=metric, direction=DIRECTION[metric], floor=floor),
        target=wanted.target.name,
        hyperparameters={"alpha": penalty, "solver": solver},
    )
    for name, part in {"model": fitted, "transform": state, "schema": wanted.for_model(), "manifest": manifest}.items():
        documents.write(model / f"{name}.json", part)
    expected = Golden(instances=rows[:GOLDEN_ROWS], predictions=library[:GOLDEN_ROWS])
    require_same(Scorer.load(model).predict(expected.instances), expected.predictions)
    documents.write(golden, expected)


def fit(
    matrix: np.ndarray, truth: Sequence[float], columns: list[str], alpha: float, solver: str = "auto", iterations: int = 1000
) -> tuple[LinearModel, list[float]]:
    """Fits a ridge regression. Gives the model and scikit-learn's own predictions of the rows."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Ridge

    iterative = {} if solver == "auto" else {"max_iter": iterations, "tol": 1e-10, "random_state": 0}
    with warnings.catch_warnings():
        # Few passes are a choice of whoever set them.
        warnings.simplefilter("ignore", ConvergenceWarning)
        ridge = Ridge(alpha=alpha, solver=solver, **iterative).fit(matrix, np.array(truth))
    if not (np.isfinite(ridge.coef_).all() and np.isfinite(ridge.intercept_)):
        raise StepError("training gave a coefficient that is not finite", "Look for extreme values in the data")
    model = LinearModel(intercept=float(ridge.intercept_), coefficients=ridge.coef_.tolist(), columns=columns)
    return model, ridge.predict(matrix).tolist()


def require_same(scored: Sequence[float], expected: Sequence[float]) -> None:
    """Refuses a model that scoring computes otherwise than training did."""
    if not np.allclose(scored, expected, rtol=1e-9, atol=1e-9):
        worst = float(np.max(np.abs(np.array(scored) - np.array(expected))))
        raise StepError(f"scoring differs from training by {worst:.3g}; the model package would serve other predictions")


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
