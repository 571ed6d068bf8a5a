"""The gate's truth table."""

from __future__ import annotations

import math

import pytest

from steps.contracts import Slice
from steps.gates import SliceFloor, decide, regression_metrics


def judge(value, champion=None, floor=100.0, min_delta=1.0, slices=(), metric="mse"):
    parts = [Slice(feature="sex", value=name, metrics={metric: score}) for name, score in slices]
    floors = [SliceFloor(feature="sex", floor=200.0)] if slices else []
    current = None if champion is None else {metric: champion}
    return decide(metric, {metric: value}, parts, current, floor, floors, min_delta)


@pytest.mark.parametrize(
    ("case", "blessed", "failed"),
    [
        ({"value": 50}, True, []),
        ({"value": 100}, True, []),
        ({"value": 100.1}, False, ["floor"]),
        ({"value": 50, "champion": 60}, True, []),
        ({"value": 50, "champion": 50}, False, ["better"]),
        ({"value": 50, "champion": 50, "min_delta": 0}, False, ["better"]),
        ({"value": 50, "champion": 51}, False, ["better"]),
        ({"value": 50, "champion": 51.001}, True, []),
        ({"value": 50, "champion": 40}, False, ["better"]),
        ({"value": 150, "champion": 160}, False, ["floor"]),
        ({"value": 150, "champion": 140}, False, ["floor", "better"]),
        ({"value": 50, "slices": [("f", 199), ("m", 200)]}, True, []),
        ({"value": 50, "slices": [("f", 199), ("m", 201)]}, False, ["slice sex=m"]),
        ({"value": 50, "champion": 40, "slices": [("f", 300), ("m", 201)]}, False, ["better", "slice sex=f", "slice sex=m"]),
        ({"value": math.nan}, False, ["floor"]),
        ({"value": math.nan, "champion": 50}, False, ["floor", "better"]),
        ({"value": -math.inf, "champion": 50}, False, ["floor", "better"]),
        ({"value": 50, "champion": math.nan}, False, ["better"]),
        ({"value": 0.9, "floor": 0.8, "metric": "r2"}, True, []),
        ({"value": 0.7, "floor": 0.8, "metric": "r2"}, False, ["floor"]),
        ({"value": 0.9, "floor": 0.8, "metric": "r2", "champion": 0.85, "min_delta": 0.01}, True, []),
        ({"value": 0.85, "floor": 0.8, "metric": "r2", "champion": 0.9, "min_delta": 0.01}, False, ["better"]),
    ],
)
def test_blessed_means_floor_and_better_and_every_slice(case, blessed, failed):
    verdict = judge(**case)
    assert verdict.blessed is blessed
    assert [check.check for check in verdict.checks if not check.passed] == failed
    assert len(verdict.reasons) == (len(failed) or len(verdict.checks))


def test_the_reasons_say_values_and_what_was_wanted():
    assert judge(50, champion=50).reasons == ["better: mse 50 is equal to the current model's 50; wanted more than 1"]
    assert judge(5000, floor=3600).reasons == ["floor: mse 5000 is not <= 3600"]
    assert "first model" in " ".join(judge(50).reasons)


def test_scores_that_are_no_numbers_are_not_called_worse():
    said = "better: r2 cannot be compared: the model's is 0.5, the current model's nan"
    assert judge(0.5, champion=math.nan, metric="r2", floor=0).reasons == [said]


def test_a_slice_without_rows_does_not_pass_unseen():
    verdict = decide("mse", {"mse": 1.0}, [], None, 100, [SliceFloor(feature="sex", floor=1)], 0)
    assert not verdict.blessed and "no holdout row" in verdict.reasons[0]


def test_metrics_are_those_of_the_textbook():
    assert regression_metrics([1, 2, 3, 4], [1, 2, 3, 6]) == pytest.approx({"mse": 1.0, "rmse": 1.0, "mae": 0.5, "r2": 0.2, "rows": 4})


def test_labels_that_are_all_equal_have_no_r2_and_divide_nothing_by_zero():
    assert "r2" not in regression_metrics([3, 3], [1, 2])
