"""Settings: strict, and every problem at once."""

from __future__ import annotations

import pytest
from support import DIABETES

from steps import project, settings
from steps.errors import StepError
from steps.factory import STANDARD, signature

STEPS = [signature(f"steps.{name}") for name in STANDARD]


def load(tmp_path, text="version: 1\n", **overrides):
    (tmp_path / "settings.yaml").write_text(text)
    return settings.load(tmp_path / "settings.yaml", STEPS, {key.replace("__", "."): value for key, value in overrides.items()})


def test_what_is_not_set_has_the_default_of_its_step(tmp_path):
    values = load(tmp_path)
    assert values["extract.holdoutShare"] == 0.2 and values["train.alpha"] == "tuned" and values["register.force"] is False


def test_an_override_wins_over_the_file(tmp_path):
    assert load(tmp_path, "version: 1\ntune: { folds: 3 }\n")["tune.folds"] == 3
    assert load(tmp_path, "version: 1\ntune: { folds: 3 }\n", tune__folds=4)["tune.folds"] == 4


def test_a_number_or_a_word_travels_as_text(tmp_path):
    assert load(tmp_path, train__alpha=1000)["train.alpha"] == "1000"
    assert load(tmp_path, train__alpha=0.4)["train.alpha"] == "0.4"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("train.alpa", 1, "train.alpa is not a setting. Did you mean train.alpha?"),
        ("alpha", 1, "alpha is not a setting"),
        ("champion", "x", "champion is not a setting"),
        ("train.alpha", "strong", "train.alpha: got \"strong\""),
        ("train.alpha", True, "train.alpha: got true"),
        ("tune.folds", "5", "tune.folds: got \"5\"; Input should be a valid integer"),
        ("tune.folds", 2.5, "tune.folds: got 2.5"),
        ("tune.folds", True, "tune.folds: got true"),
        ("tune.alpha", 0.1, "tune.alpha: got 0.1; Input should be a valid list"),
        ("tune.alpha", [0.1, "x"], "at 1: Input should be a valid number"),
        ("extract.holdoutShare", "0.2", "extract.holdoutShare"),
        ("evaluate.floor", float("nan"), "finite number"),
        ("evaluate.metric", "auc", "Input should be 'mse', 'rmse', 'mae' or 'r2'"),
        ("evaluate.slices", [{"feature": "sex", "flor": 1}], "0.flor: Extra inputs"),
        ("register.force", "yes", "register.force: got \"yes\"; Input should be a valid boolean"),
        ("extract.source", None, "extract.source: got null"),
        ("extract.holdoutShare", 1.0, "extract.holdoutShare: got 1.0; Input should be less than 1"),
        ("extract.seed", -1, "extract.seed: got -1; Input should be greater than or equal to 0"),
        ("validate.minRows", 0, "validate.minRows: got 0; Input should be greater than or equal to 1"),
        ("validate.maxPsi", -0.1, "validate.maxPsi: got -0.1; Input should be greater than or equal to 0"),
        ("tune.alpha", [], "tune.alpha: got []; List should have at least 1 item"),
        ("tune.alpha", [0.1, -1], "tune.alpha: got [0.1, -1]; at 1: Input should be greater than or equal to 0"),
        ("tune.folds", 1, "tune.folds: got 1; Input should be greater than or equal to 2"),
        ("train.alpha", -1, "train.alpha: got -1; Input should be greater than or equal to 0"),
        ("train.iterations", 0, "train.iterations: got 0"),
        ("evaluate.minDelta", -0.5, "evaluate.minDelta: got -0.5; Input should be greater than or equal to 0"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_what_was_got_and_what_is_wanted(tmp_path, name, value, said):
    with pytest.raises(StepError) as refused:
        load(tmp_path, **{name.replace(".", "__"): value})
    assert said in str(refused.value)


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(StepError) as refused:
        load(tmp_path, "version: 1\ntune: { folds: x }\ntrian: { alpha: 1 }\n", evaluate__metric="auc")
    for name in ("tune.folds", "trian.alpha", "evaluate.metric"):
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "wanted `version: 1`"),
        ("tune: {}\n", "version: wanted 1"),
        ("version: 2\n", "version: wanted 1"),
        ("version: 1\ntune: 5\n", "tune: got 5, wanted a section"),
        ("version: 1\ntune: { folds: 3\n", "settings.yaml:3:1"),
        ("version: 1\ntune:\n  folds: 3\n  folds: 4\n", "settings.yaml:4:3: folds stands twice"),
        ("version: 1\ntune:\n\tfolds: 3\n", "settings.yaml:3:1"),
        ("version: 1\n? [a]\n: 1\n", "settings.yaml:2:3: a name must be a text"),
        ("version: 1\ntune: " + "[" * 3000 + "]" * 3000, "settings.yaml is nested too deeply"),
        ("version: 1\ntune: !!python/name:os.system {}\n", "settings.yaml:2"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path, text, said):
    with pytest.raises(StepError) as refused:
        load(tmp_path, text)
    assert said in str(refused.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "settings.yaml").write_bytes(b"version: 1 # caf\xe9\n")
    with pytest.raises(StepError, match="settings.yaml is not UTF-8 text: byte 16"):
        settings.read(tmp_path / "settings.yaml")


def test_a_relative_source_is_relative_to_the_project():
    found = project.load(DIABETES, {"extract.source": "data/new.csv"})
    assert found.settings["extract.source"] == str(DIABETES / "data" / "new.csv")
    assert project.load(DIABETES).settings["extract.source"] == "sklearn:diabetes"


@pytest.mark.parametrize("missing", ["pipeline.py", "settings.yaml", "schema.json"])
def test_a_project_without_one_of_its_files_is_refused_by_name(tmp_path, missing):
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in {"pipeline.py", "settings.yaml", "schema.json"} - {missing}:
        (folder / file).write_text((DIABETES / file).read_text())
    with pytest.raises(StepError, match=missing):
        project.load(folder)


def test_a_project_with_an_impossible_name_is_refused(tmp_path):
    with pytest.raises(StepError, match="no project name"):
        project.load(tmp_path / "My Project")
