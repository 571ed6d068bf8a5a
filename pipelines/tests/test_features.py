"""The transform: what it learns, and that serving applies exactly that."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from steps import features
from steps.contracts import Feature, OneHot, Schema, Standardize
from steps.errors import StepError
from steps.features import Transform
from steps.scorer import Scorer

SCHEMA = Schema(
    features=[
        Feature(name="age", type="number"),
        Feature(name="city", type="category", required=False),
        Feature(name="income", type="number", required=False),
    ]
)
ROWS = [
    {"age": 20.0, "city": "Busan", "income": 1.0},
    {"age": 30.0, "city": "Seoul", "income": None},
    {"age": 40.0, "city": "Seoul", "income": 3.0},
]


def state(**changes):
    return features.fit(changes.get("rows", ROWS), changes.get("schema", SCHEMA), changes.get("numbers", "standardize"))


def test_standardize_gives_mean_zero_and_variance_one_on_the_training_rows():
    made = Transform.of(state()).apply(ROWS)
    assert made[:, 0].mean() == pytest.approx(0)
    assert made[:, 0].std() == pytest.approx(1)


def test_center_subtracts_the_mean_and_leaves_the_scale():
    assert Transform.of(state(numbers="center")).apply(ROWS)[:, 0].tolist() == [-10, 0, 10]


def test_a_level_never_seen_gives_zeros_and_a_known_one_gives_one():
    made = Transform.of(state()).apply([{"age": 30, "city": "Seoul", "income": 2}, {"age": 30, "city": "Jeju", "income": 2}])
    assert Transform.of(state()).outputs == ["age", "city=Busan", "city=Seoul", "income"]
    assert made[:, 1:3].tolist() == [[0, 1], [0, 0]]


def test_a_column_without_variance_becomes_zero_not_a_division_by_zero():
    rows = [{**row, "age": 0.1 + 0.2} for row in ROWS]
    column = state(rows=rows).columns[0]
    assert isinstance(column, Standardize) and column.scale == 1
    assert np.allclose(Transform.of(state(rows=rows)).apply(rows)[:, 0], 0, atol=1e-12)


def test_a_missing_number_becomes_the_training_mean_and_a_missing_level_zeros():
    made = Transform.of(state()).apply([{"age": 30, "city": None, "income": None}, {"age": 30}])
    assert made.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_feature_without_any_value_is_refused():
    with pytest.raises(StepError, match="feature income has no value"):
        state(rows=[{**row, "income": None} for row in ROWS])


def test_extreme_and_tiny_values_stay_finite():
    rows = [{"age": value, "city": "x", "income": 1.0} for value in (1e150, -1e150, 1e-300, 0.0)]
    assert np.isfinite(Transform.of(state(rows=rows)).apply(rows)).all()


def test_a_missing_number_becomes_the_mean_where_every_feature_is_a_number():
    numbers = Schema(features=[SCHEMA.features[0], SCHEMA.features[2]])
    made = Transform.of(state(schema=numbers)).apply([{"age": 40, "income": None}, {"age": 30}, [30, None], [20, 3.0]])
    assert made[:, 1].tolist() == [0, 0, 0, 1] and made[1:3, 0].tolist() == [0, 0]
    assert Transform.of(state(schema=numbers)).apply([]).shape == (0, 2)


def test_no_rows_give_no_rows():
    assert Transform.of(state()).apply([]).shape == (0, 4)


def test_a_row_as_a_list_is_read_in_the_order_of_the_schema():
    transform = Transform.of(state())
    assert (transform.apply([[20.0, "Busan", 1.0]]) == transform.apply([ROWS[0]])).all()


def test_serving_applies_the_state_that_training_wrote(tmp_path):
    """The state travels as JSON; what the scorer computes from it is what the transform computed in training."""
    learnt = state()
    weights = np.array([1.0, 20.0, 300.0, 4000.0])
    parts = {
        "schema": SCHEMA.model_dump(by_alias=True),
        "transform": learnt.model_dump(by_alias=True),
        "model": {"version": 1, "kind": "linear", "intercept": 0.5, "coefficients": weights.tolist(), "columns": Transform.of(learnt).outputs},
        "manifest": {"version": 1, "project": "p"},
    }
    for name, part in parts.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(part))
    served = Scorer.load(tmp_path).predict(ROWS)
    assert served == pytest.approx((Transform.of(learnt).apply(ROWS) @ weights + 0.5).tolist(), rel=1e-15)


def test_levels_are_sorted_so_that_the_same_rows_in_another_order_give_the_same_state():
    assert state() == state(rows=list(reversed(ROWS)))
    column = state().columns[1]
    assert isinstance(column, OneHot) and column.levels == ["Busan", "Seoul"]


def test_a_number_that_is_not_finite_never_reaches_the_model():
    scorer = Scorer(
        SCHEMA.model_dump(),
        state().model_dump(),
        {"coefficients": [1, 1, 1, 1], "intercept": 0, "columns": Transform.of(state()).outputs},
        {"project": "p"},
    )
    problems = scorer.problems([{"age": math.nan}, {"age": math.inf}, {"age": 10**400}])
    assert [problem.split(":")[0] for problem in problems] == [f"instances[{index}].age" for index in range(3)]
