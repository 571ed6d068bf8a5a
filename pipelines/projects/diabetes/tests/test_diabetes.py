"""The reference project gives the reference's numbers."""

from __future__ import annotations

import json

import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from support import DIABETES

from steps import project
from steps.contracts import DataSchema
from steps.extract import diabetes_csv, split
from steps.features import Transform, fit
from steps.gates import regression_metrics
from steps.scorer import Scorer
from steps.table import instances, labels, parse_csv
from steps.train import fit as train

FOUND = project.load(DIABETES)
SCHEMA = DataSchema.model_validate_json((DIABETES / "schema.json").read_text())
WHOLE = parse_csv(diabetes_csv().decode(), "diabetes")
KEPT, ASIDE = split(len(WHOLE), FOUND.settings["extract.holdoutShare"], FOUND.settings["extract.seed"])


def model(alpha: float) -> Scorer:
    rows = instances(WHOLE.take(KEPT), SCHEMA)
    state = fit(rows, SCHEMA, FOUND.settings["transform.numbers"])
    transform = Transform.of(state)
    fitted, _ = train(transform.apply(rows), labels(WHOLE.take(KEPT), SCHEMA), transform.outputs, alpha)
    manifest = {"project": "diabetes"}
    return Scorer(SCHEMA.model_dump(by_alias=True), state.model_dump(by_alias=True), fitted.model_dump(by_alias=True), manifest)


def holdout_mse(alpha: float) -> float:
    aside = WHOLE.take(ASIDE)
    return regression_metrics(labels(aside, SCHEMA), model(alpha).predict(instances(aside, SCHEMA)))["mse"]


def test_the_data_is_exactly_the_reference_data():
    features, target = load_diabetes(return_X_y=True)
    rows = instances(WHOLE, SCHEMA)
    assert [list(row.values()) for row in rows] == features.tolist()
    assert labels(WHOLE, SCHEMA) == target.tolist()


@pytest.mark.parametrize("alpha", [0.05, 0.4, 1.0, 1000.0])
def test_the_holdout_score_is_that_of_the_reference_program(alpha):
    features, target = load_diabetes(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(features, target, test_size=0.2, random_state=0)
    reference = Ridge(alpha=alpha).fit(train_x, train_y).predict(test_x)
    assert holdout_mse(alpha) == pytest.approx(regression_metrics(test_y, reference)["mse"], rel=1e-9)


def test_alpha_0_4_scores_what_the_field_quotes():
    assert holdout_mse(0.4) == pytest.approx(3295.71, abs=0.01)


def test_golden_predictions():
    """Three patients; the numbers are those of `Ridge(alpha=0.4)` on the untouched data set. A change here changes every client's answers."""
    rows = instances(WHOLE, SCHEMA)[:3]
    assert model(0.4).predict(rows) == pytest.approx([193.20548, 80.57157, 170.96819], abs=1e-4)


def test_the_model_beats_predicting_the_mean_by_a_fifth():
    mean = sum(labels(WHOLE.take(KEPT), SCHEMA)) / len(KEPT)
    truth = labels(WHOLE.take(ASIDE), SCHEMA)
    assert holdout_mse(0.4) < 0.8 * regression_metrics(truth, [mean] * len(truth))["mse"]


def test_the_floors_lie_between_the_models_we_want_and_predicting_the_mean():
    assert holdout_mse(0.2) < FOUND.settings["evaluate.floor"] < holdout_mse(1000.0)


def test_the_schema_names_every_column_once_in_the_order_of_the_data():
    schema = json.loads((DIABETES / "schema.json").read_text())
    assert [feature["name"] for feature in schema["features"]] == list(WHOLE.columns[:-1])
    assert schema["target"]["name"] == WHOLE.columns[-1]
