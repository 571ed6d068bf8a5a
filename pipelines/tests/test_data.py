"""Data tests: what validation lets through and what it stops, with words a person can act on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support import DIABETES

from steps import validate
from steps.contracts import DataSchema
from steps.errors import StepError
from steps.extract import diabetes_csv, split
from steps.statistics import drift, psi, summarise
from steps.table import Table, parse_csv, to_csv, write_csv

SCHEMA = json.loads((DIABETES / "schema.json").read_text())
BASELINE = json.loads((DIABETES / "baseline.json").read_text())
WHOLE = parse_csv(diabetes_csv().decode(), "diabetes")


def changed(column: str, change) -> Table:
    place = WHOLE.columns.index(column)
    return Table(WHOLE.columns, [[change(n, v) if i == place else v for i, v in enumerate(row)] for n, row in enumerate(WHOLE.rows)])


def check(tmp_path, table: Table, **options):
    """Runs the step; gives its anomalies and the error, if any."""
    write_csv(tmp_path / "training", table)
    write_csv(tmp_path / "holdout", WHOLE)
    settings = {"schema": SCHEMA, "baseline": BASELINE, "min_rows": 100, "max_psi": 0.25, "on_drift": "stop", **options}
    error = None
    try:
        validate.run(tmp_path / "training", tmp_path / "holdout", tmp_path / "statistics", tmp_path / "anomalies", **settings)
    except StepError as refused:
        error = str(refused)
    return json.loads((tmp_path / "anomalies").read_text()), error


def test_the_good_data_goes_and_its_statistics_are_written(tmp_path):
    anomalies, error = check(tmp_path, WHOLE)
    assert error is None and anomalies == {"version": 1, "go": True, "anomalies": []}
    statistics = json.loads((tmp_path / "statistics").read_text())
    assert statistics["rows"] == 442 and len(statistics["columns"]) == 11


@pytest.mark.parametrize(
    ("table", "kind", "said"),
    [
        (changed("bmi", lambda n, v: "heavy" if n == 3 else v), "wrong-type", "training: bmi: row 4 has 'heavy'; wanted a finite number"),
        (changed("bmi", lambda n, v: "nan" if n == 3 else v), "wrong-type", "row 4 has 'nan'"),
        (changed("bmi", lambda n, v: "1_0" if n == 3 else v), "wrong-type", "row 4 has '1_0'"),
        (changed("bmi", lambda n, v: "" if n < 9 else v), "missing-value", "row 1 has '', row 2 has '', row 3 has '' and 6 more"),
        (changed("bmi", lambda n, v: "9.5" if n == 3 else v), "out-of-range", "row 4 has '9.5'; wanted -0.5 to 0.5"),
        (changed("progression", lambda n, v: "inf" if n == 3 else v), "wrong-type", "progression: row 4 has 'inf'; wanted a finite number"),
        (changed("sex", lambda n, v: "0.3" if n == 3 else v), "unknown-value", "row 4 has '0.3'"),
        (changed("progression", lambda n, v: "-1" if n == 3 else v), "out-of-range", "progression: row 4 has '-1'"),
        (changed("bmi", lambda n, v: repr(float(v) + 0.1)), "distribution", "bmi: distribution has shifted"),
        (Table(WHOLE.columns[1:], [row[1:] for row in WHOLE.rows]), "missing-column", "training: column age is missing"),
        (WHOLE.take(list(range(60))), "too-few-rows", "60 training rows, wanted at least 100"),
    ],
)  # fmt: skip
def test_bad_data_stops_with_row_and_value(tmp_path, table, kind, said):
    anomalies, error = check(tmp_path, table)
    assert error and said in error
    assert anomalies["go"] is False
    assert kind in [anomaly["kind"] for anomaly in anomalies["anomalies"]]


def test_every_anomaly_is_told_at_once(tmp_path):
    table = changed("bmi", lambda n, v: "x" if n == 0 else "" if n == 1 else "7" if n == 2 else v)
    anomalies, _ = check(tmp_path, table)
    assert [anomaly["kind"] for anomaly in anomalies["anomalies"]] == ["missing-value", "wrong-type", "out-of-range"]


def test_a_shift_only_warns_where_the_settings_say_so(tmp_path):
    anomalies, error = check(tmp_path, changed("bmi", lambda n, v: repr(float(v) + 0.1)), on_drift="warn")
    assert error is None and anomalies["go"] is True
    assert [(a["kind"], a["severity"]) for a in anomalies["anomalies"]] == [("distribution", "warn")]


def test_a_column_nobody_asked_for_is_named_and_not_used(tmp_path):
    table = Table((*WHOLE.columns, "note"), [[*row, "hello"] for row in WHOLE.rows])
    anomalies, error = check(tmp_path, table)
    assert error is None and [a["kind"] for a in anomalies["anomalies"]] == ["unexpected-column"]


def test_the_committed_baseline_is_that_of_the_reference_data():
    schema = DataSchema.model_validate(SCHEMA)
    for column, reference in zip(summarise(WHOLE, schema).columns, BASELINE["columns"], strict=True):
        assert column.name == reference["name"]
    from steps.contracts import Statistics

    for column in Statistics.model_validate(BASELINE).columns:
        assert drift(column, WHOLE.column(column.name)) < 1e-9, column.name


def test_the_split_of_the_reference_is_not_taken_for_a_shift():
    from steps.contracts import Statistics

    kept, _ = split(442, 0.2, 0)
    for column in Statistics.model_validate(BASELINE).columns:
        assert drift(column, WHOLE.take(kept).column(column.name)) < 0.1, column.name


def test_psi_is_zero_for_equal_and_finite_for_disjoint_distributions():
    assert psi([0.5, 0.5], [0.5, 0.5]) == 0
    assert 5 < psi([1, 0], [0, 1]) < 100
    assert psi([0.5, 0.5], [0.6, 0.4]) == pytest.approx(0.1 * np.log(1.2) - 0.1 * np.log(0.8))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name every column"),
        ("a,,b\n1,2,3\n", "first line must name every column"),
        ("a,b,a\n1,2,3\n", "column a stands twice"),
        ("a,b\n1,2\n3\n", "row 3 has 1 values, wanted 2"),
        ("a,b\r1,2\r", "line 1 is not CSV: new-line character"),
        ('a,b\n1,"2\n' + "3,4\n" * 50_000, "line .* is not CSV: field larger than"),
    ],
)
def test_a_broken_csv_file_is_refused_with_its_row(text, said):
    with pytest.raises(StepError, match=said):
        parse_csv(text, "data.csv")


def test_a_number_whose_square_is_infinite_is_out_of_range_where_the_schema_sets_no_limit(tmp_path):
    schema = {"version": 1, "features": [{"name": "a", "type": "number"}], "target": {"name": "y"}}
    table = Table(("a", "y"), [["1e308", "1"], ["-1e308", "1e200"], ["1e150", "-1e150"], *([["1", "2"]] * 9)])

    def run() -> None:
        files = {"training": tmp_path / "t", "holdout": tmp_path / "t", "statistics": tmp_path / "s", "anomalies": tmp_path / "a"}
        validate.run(**files, schema=schema, baseline={}, min_rows=1, max_psi=1, on_drift="stop")

    write_csv(tmp_path / "t", table)
    with pytest.raises(StepError, match="a: row 1 has '1e308', row 2 has '-1e308'; wanted -1e.150 to 1e.150; training: y: row 2 has '1e200'"):
        run()
    write_csv(tmp_path / "t", table.take(list(range(2, 12))))
    run()


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_rows_to_split_are_told(rows):
    with pytest.raises(StepError, match=f"^{rows} rows cannot be split into rows to train on and a holdout"):
        split(rows, 0.2, 0)


def test_csv_keeps_every_value_as_it_was():
    text = 'a,b\n"x, y",0.1\n"say ""hi""",\n'
    assert to_csv(parse_csv(text, "t")) == text
