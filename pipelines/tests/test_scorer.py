"""What a client may send, and what it is told."""

from __future__ import annotations

import json

import pytest

from steps.scorer import Scorer

SCHEMA = {
    "version": 1,
    "features": [
        {"name": "age", "type": "number", "required": True},
        {"name": "city", "type": "category", "required": False},
    ],
}
TRANSFORM = {
    "version": 1,
    "columns": [
        {"name": "age", "kind": "standardize", "mean": 30.0, "scale": 10.0},
        {"name": "city", "kind": "onehot", "levels": ["Busan", "Seoul"]},
    ],
}
MODEL = {"version": 1, "kind": "linear", "intercept": 100.0, "coefficients": [1.0, 10.0, 20.0], "columns": ["age", "city=Busan", "city=Seoul"]}
MANIFEST = {"version": 1, "project": "people"}


@pytest.fixture
def scorer() -> Scorer:
    return Scorer(SCHEMA, TRANSFORM, MODEL, MANIFEST)


def test_objects_and_arrays_give_the_same_predictions(scorer):
    assert scorer.predict([{"age": 40, "city": "Seoul"}, {"age": 30}]) == [121.0, 100.0]
    assert scorer.predict([[40, "Seoul"], [30, None]]) == [121.0, 100.0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"city": "Seoul"}, ["instances[0].age: missing"]),
        ({"age": None}, ["instances[0].age: missing"]),
        ({"age": "40"}, ["instances[0].age: got a string, wanted a number"]),
        ({"age": True}, ["instances[0].age: got a boolean, wanted a number"]),
        ({"age": 1, "city": 7}, ["instances[0].city: got a number, wanted a string"]),
        ({"age": 1, "ctiy": "Seoul"}, ["instances[0].ctiy: unknown feature"]),
        ({"age": 1, "x" * 999: 1}, [f"instances[0].{'x' * 80}: unknown feature"]),
        ([1], ["instances[0]: got 1 values, wanted 2"]),
        ([1, "a", 2], ["instances[0]: got 3 values, wanted 2"]),
        (7, ["instances[0]: got a number, wanted an object or an array"]),
        (None, ["instances[0]: got null, wanted an object or an array"]),
        ({"age": 1}, []),
        ({"age": 1, "city": "never seen"}, []),
    ],
)
def test_problems_are_told_with_their_place(scorer, row, said):
    assert scorer.problems([row]) == said


def test_every_problem_of_every_row_is_told(scorer):
    said = scorer.problems([{"age": "x", "city": 1}, {"age": 1}, {}])
    assert [line.split(":")[0] for line in said] == ["instances[0].age", "instances[0].city", "instances[2].age"]


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("model", {**MODEL, "version": 2}, "reads version 1"),
        ("model", {**MODEL, "kind": "forest"}, "reads linear"),
        ("model", {**MODEL, "coefficients": [1.0]}, "3 columns and 1 coefficients"),
        ("model", {**MODEL, "columns": ["age", "city=Seoul", "city=Busan"]}, "transform.json makes the columns .* model.json is for"),
        ("model", {**MODEL, "columns": ["age"]}, "transform.json makes the columns"),
        ("schema", {**SCHEMA, "features": SCHEMA["features"][:1]}, "transform.json takes"),
        ("transform", [], "reads version 1"),
    ],
)
def test_a_package_that_does_not_fit_together_is_refused(tmp_path, part, content, said):
    parts = {"schema": SCHEMA, "transform": TRANSFORM, "model": MODEL, "manifest": MANIFEST, part: content}
    for name, value in parts.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    with pytest.raises(ValueError, match=said):
        Scorer.load(tmp_path)
