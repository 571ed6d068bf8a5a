"""The model's methods: training converges, overfits a few rows, gives no NaN; tuning and evaluation choose as they say."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support import DIABETES

from steps import evaluate, train, tune
from steps.contracts import Candidate, DataSchema, Manifest
from steps.errors import StepError
from steps.extract import diabetes_csv, split
from steps.features import Transform, fit
from steps.gates import SliceFloor
from steps.scorer import Scorer
from steps.table import instances, labels, parse_csv

SCHEMA = DataSchema.model_validate(json.loads((DIABETES / "schema.json").read_text()))
WHOLE = parse_csv(diabetes_csv().decode(), "diabetes")
KEPT, ASIDE = split(len(WHOLE), 0.2, 0)
ROWS, TRUTH = instances(WHOLE.take(KEPT), SCHEMA), labels(WHOLE.take(KEPT), SCHEMA)
STATE = fit(ROWS, SCHEMA, "standardize")
TRANSFORM = Transform.of(STATE)
MATRIX, COLUMNS = TRANSFORM.apply(ROWS), TRANSFORM.outputs
MEAN_LOSS = float(np.var(TRUTH))


def loss(predictions, truth=TRUTH):
    return float(np.mean((np.array(predictions) - np.array(truth)) ** 2))


def test_training_converges_the_loss_falls_with_every_pass_and_ends_at_the_closed_form():
    losses = [loss(train.fit(MATRIX, TRUTH, COLUMNS, 1.0, "sag", passes)[1]) for passes in (1, 3, 10, 100, 1000)]
    assert losses == sorted(losses, reverse=True) and losses[0] > losses[2]
    assert losses[-1] < 0.6 * MEAN_LOSS
    assert losses[-1] == pytest.approx(loss(train.fit(MATRIX, TRUTH, COLUMNS, 1.0)[1]), rel=1e-6)


def test_training_overfits_a_few_rows():
    _, predictions = train.fit(MATRIX[:5], TRUTH[:5], COLUMNS, 1e-8)
    assert loss(predictions, TRUTH[:5]) < 1e-6


def test_a_stronger_penalty_gives_smaller_coefficients():
    sizes = [np.abs(train.fit(MATRIX, TRUTH, COLUMNS, alpha)[0].coefficients).sum() for alpha in (0.1, 10, 1000, 1e6)]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    "matrix",
    [np.full((6, 2), 1e100), np.full((6, 2), 1e-300), np.zeros((6, 2)), np.tile([[1.0, 1.0]], (6, 1))],
    ids=["extreme", "tiny", "zero", "constant"],
)
def test_no_nan_and_no_infinity_come_out_of_odd_data(matrix):
    model, predictions = train.fit(matrix, [1, 2, 3, 4, 5, 6], ["a", "b"], 0.1)
    assert np.isfinite(model.coefficients).all() and np.isfinite(predictions).all()


def test_a_model_with_a_nan_cannot_be_written_or_loaded():
    with pytest.raises(ValueError, match="finite"):
        train.LinearModel(intercept=float("nan"), coefficients=[1.0], columns=["a"])
    parts = {"columns": [{"name": "a", "kind": "standardize", "mean": 0, "scale": 1}]}
    with pytest.raises(ValueError, match="not finite"):
        Scorer({"features": [{"name": "a", "type": "number"}]}, parts, {"coefficients": [float("inf")], "intercept": 0, "columns": ["a"]}, {})


def test_the_same_rows_give_the_same_model():
    assert train.fit(MATRIX, TRUTH, COLUMNS, 0.4, "sag") == train.fit(MATRIX, TRUTH, COLUMNS, 0.4, "sag")


def test_scoring_that_differs_from_training_is_refused():
    train.require_same([1.0, 2.0], [1.0, 2.0 + 1e-12])
    with pytest.raises(StepError, match="scoring differs from training by 0.1"):
        train.require_same([1.0, 2.0], [1.0, 2.1])


def candidates(*scores: tuple[float, float]) -> list[Candidate]:
    return [Candidate(parameters={"alpha": alpha}, score=score, standard_error=10) for alpha, score in scores]


def test_tuning_takes_the_best_or_the_strongest_within_one_standard_error():
    tried = candidates((0.1, 105), (0.2, 100), (0.4, 109), (0.8, 111))
    assert tune.choose(tried, "best").parameters == {"alpha": 0.2}
    assert tune.choose(tried, "oneStandardError").parameters == {"alpha": 0.4}


def test_slices_hold_every_row_once_and_refuse_what_is_no_slice():
    guess = [100.0] * len(ROWS)
    parts = evaluate.slice_metrics("sex", ROWS, TRUTH, guess)
    assert sum(part.metrics["rows"] for part in parts) == len(ROWS) and len(parts) == 2
    with pytest.raises(StepError, match="bmi has .* values in the holdout, at most 20"):
        evaluate.slice_metrics("bmi", ROWS, TRUTH, guess)
    with pytest.raises(StepError, match="sx is not a feature. Did you mean sex"):
        evaluate.slice_metrics("sx", ROWS, TRUTH, guess)


def test_a_champion_that_was_changed_or_removed_is_an_error_not_a_free_pass(tmp_path):
    with pytest.raises(StepError, match="is missing"):
        evaluate.load_champion(str(tmp_path / "gone"), "sha256:0")
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(StepError, match="was changed"):
        evaluate.load_champion(str(tmp_path), "sha256:0")
    with pytest.raises(StepError, match="cannot be read"):
        evaluate.load_champion(str(tmp_path), "")


def test_floors_come_as_a_list_of_features():
    floors = evaluate.STEP.parameters["slices"].from_text('[{"feature": "sex", "floor": 4400}]', "--slices")
    assert floors == [SliceFloor(feature="sex", floor=4400)]


def test_the_manifest_names_what_serving_needs():
    with pytest.raises(ValueError):
        Manifest.model_validate({"version": 1, "project": "p"})
