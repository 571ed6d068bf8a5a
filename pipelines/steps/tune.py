"""Tuning: tries every value of the search space on validation folds of the training rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from steps import contracts, documents, features
from steps.contracts import Candidate, DataSchema, Search
from steps.errors import StepError
from steps.features import Scaling, Transform
from steps.signature import File, Parameter, Seed, Step
from steps.table import instances, labels, read_csv
from steps.transform import NUMBERS, SCHEMA, require_go

Rule = Literal["best", "oneStandardError"]

Penalty = Annotated[float, Field(ge=0)]
"""Strength of the ridge penalty."""

STEP = Step(
    name="tune",
    doc="Tries every value of the search space on validation folds of the training rows.",
    inputs={
        "training": File("Rows to train on, CSV.", "Dataset"),
        "anomalies": File("The validation's word: stop or go, JSON."),
    },
    outputs={"search": File("What was tried and what was chosen, JSON.")},
    parameters={
        "schema": SCHEMA,
        "numbers": NUMBERS,
        "alpha": Parameter(
            Annotated[list[Penalty], Field(min_length=1)], "Search space: strengths of the ridge penalty to try.", [0.1, 1.0, 10.0]
        ),
        "folds": Parameter(Annotated[int, Field(ge=2)], "Validation folds.", 5),
        "seed": Parameter(Seed, "Seed of the folds.", 0),
        "rule": Parameter(
            Rule,
            "best: lowest mean error; oneStandardError: the strongest penalty within one standard error of it.",
            "oneStandardError",
        ),
    },
)


def run(
    training: Path,
    anomalies: Path,
    search: Path,
    schema: dict[str, Any],
    numbers: Scaling,
    alpha: list[float],
    folds: int,
    seed: int,
    rule: Rule,
) -> None:
    """Writes every tried value with its score, and the chosen one."""
    require_go(anomalies)
    wanted = documents.parse(DataSchema, schema, "schema.json")
    table = read_csv(training)
    if folds > len(table):
        raise StepError(f"tune.folds: got {folds}, wanted at most {len(table)}, the training rows")
    rows, truth = instances(table, wanted), np.array(labels(table, wanted))
    errors = np.array([_errors(rows, truth, wanted, numbers, value, folds, seed) for value in alpha])
    means = errors.mean(axis=1)
    standard_errors = errors.std(axis=1, ddof=1) / math.sqrt(folds)
    tried = [
        Candidate(parameters={"alpha": value}, score=float(mean), standard_error=float(spread))
        for value, mean, spread in zip(alpha, means, standard_errors, strict=True)
    ]
    documents.write(search, Search(rule=rule, candidates=tried, best=choose(tried, rule).parameters))


def _errors(
    rows: Sequence[contracts.Instance], truth: np.ndarray, schema: DataSchema, numbers: Scaling, alpha: float, folds: int, seed: int
) -> list[float]:
    """Mean squared error on each fold. The transform is learnt inside the fold: no validation row leaks into it."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold

    errors = []
    for fit, validate in KFold(folds, shuffle=True, random_state=seed).split(truth):
        known = [rows[index] for index in fit]
        transform = Transform.of(features.fit(known, schema, numbers))
        model = Ridge(alpha=alpha).fit(transform.apply(known), truth[fit])
        guess = model.predict(transform.apply([rows[index] for index in validate]))
        errors.append(float(np.mean((guess - truth[validate]) ** 2)))
    return errors


def choose(candidates: Sequence[Candidate], rule: Rule) -> Candidate:
    """The chosen candidate. One standard error: Hastie, Tibshirani, Friedman, Elements of Statistical Learning, 7.10."""
    best = min(candidates, key=lambda candidate: (candidate.score, -candidate.parameters["alpha"]))
    if rule == "best":
        return best
    near = [candidate for candidate in candidates if candidate.score <= best.score + best.standard_error]
    return max(near, key=lambda candidate: candidate.parameters["alpha"])


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
