"""Contract files: refused when wrong, written at once, described by schemas that are up to date."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from steps import contracts, documents
from steps.contracts import Blessing, Metrics
from steps.errors import StepError


def test_the_json_schemas_are_up_to_date():
    """`python -m steps.contracts` writes them anew."""
    folder = Path(contracts.__file__).parent / "schemas"
    assert {path.name: path.read_text() for path in folder.iterdir()} == contracts.json_schemas()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read as JSON"),
        ('{"version": 2, "overall": {}}', "version"),
        ('{"version": 1}', "overall: Field required"),
        ('{"version": 1, "overall": {"mse": "3"}}', "overall.mse"),
        ('{"version": 1, "overall": {"mse": NaN}}', "finite"),
        ('{"version": 1, "overall": {}, "overal": {}}', "overal: Extra"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_with_the_place(tmp_path, text, said):
    (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(StepError, match=said):
        documents.read(Metrics, tmp_path / "metrics.json")


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([{"name": "y", "type": "number"}], "the target y is among the features"),
        ([{"name": "a", "type": "number"}, {"name": "a", "type": "category"}], "feature a stands twice"),
        ([{"name": "a", "type": "number", "min": 2, "max": 1}], "min 2 is above max 1"),
    ],
)
def test_a_schema_that_contradicts_itself_is_refused(features, said):
    with pytest.raises(StepError, match=said):
        documents.parse(contracts.DataSchema, {"version": 1, "features": features, "target": {"name": "y"}}, "schema.json")


def test_numbers_that_a_pipeline_made_doubles_are_read_as_whole():
    assert documents.parse(Metrics, {"version": 1.0, "overall": {"mse": 3.0}}, "x").overall == {"mse": 3}


def test_writing_checks_leaves_no_half_file_and_gives_the_same_bytes(tmp_path):
    file = tmp_path / "deep" / "blessing.json"
    value = Blessing(blessed=True, reasons=["ok"], checks=[])
    documents.write(file, value)
    first = file.read_bytes()
    documents.write(file, value)
    assert file.read_bytes() == first and [path.name for path in file.parent.iterdir()] == ["blessing.json"]
    value.reasons = []
    with pytest.raises(ValueError):
        documents.write(file, value)
    assert file.read_bytes() == first


def test_what_is_written_passes_its_json_schema(tmp_path):
    documents.write(tmp_path / "b.json", Blessing(blessed=False, reasons=["no"], checks=[], champion={"mse": 1.0}))
    schema = json.loads(contracts.json_schemas()["blessing.json"])
    jsonschema.validate(json.loads((tmp_path / "b.json").read_text()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1, "blessed": "yes", "reasons": [], "checks": []}, schema)
