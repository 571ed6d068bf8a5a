"""Each component makes its artifacts by its own command line, one after another, with no orchestrator."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from support import DIABETES, python

from steps import contracts, digests, package
from steps.scorer import Scorer

SCHEMA = (DIABETES / "schema.json").read_text()
EXPECTED = {
    "extract": ["training.csv", "holdout.csv", "origin.json"],
    "validate": ["statistics.json", "anomalies.json"],
    "transform": ["transform.json"],
    "tune": ["search.json"],
    "train": ["model/model.json", "model/transform.json", "model/schema.json", "model/manifest.json", "golden.json"],
    "evaluate": ["metrics.json", "blessing.json"],
    "register": ["registration.json"],
}
CONTRACT = {"origin": "source"}


@pytest.fixture(scope="module")
def made(tmp_path_factory, tracking) -> Path:
    """Runs the seven command lines."""
    at = tmp_path_factory.mktemp("steps")
    data = ["--training", at / "training.csv"]
    holdout = ["--holdout", at / "holdout.csv"]
    schema = ["--schema", SCHEMA]
    go = ["--anomalies", at / "anomalies.json"]
    lines = {
        "extract": [*data, *holdout, "--origin", at / "origin.json", "--datasets", at / "datasets"],
        "validate": [*data, *holdout, *schema, *go, "--statistics", at / "statistics.json"],
        "transform": [*data, *go, *schema, "--transform", at / "transform.json", "--numbers", "center"],
        "tune": [*data, *go, *schema, "--search", at / "search.json", "--alpha", "[0.1, 0.4]", "--numbers", "center"],
        "train": [*data, *schema, "--transform", at / "transform.json", "--search", at / "search.json", "--model", at / "model",
                  "--golden", at / "golden.json", "--project", "by-hand", "--alpha", "0.4"],
        "evaluate": ["--model", at / "model", *holdout, *schema, "--metrics", at / "metrics.json",
                     "--blessing", at / "blessing.json", "--floor", "3600", "--slices", '[{"feature": "sex", "floor": 4400}]'],
        "register": ["--model", at / "model", *holdout, *schema, "--golden", at / "golden.json",
                     "--statistics", at / "statistics.json", "--metrics", at / "metrics.json", "--blessing", at / "blessing.json",
                     "--origin", at / "origin.json", "--search", at / "search.json", "--registration", at / "registration.json",
                     "--project", "by-hand", "--packages", at / "packages", "--run-id", "by-hand-1",
                     "--tracking-uri", tracking.address],
    }  # fmt: skip
    for step, line in lines.items():
        done = python("-m", f"steps.{step}", *line, cwd=at)
        assert done.returncode == 0, f"{step}: {done.stderr}"
    return at


@pytest.mark.parametrize("step", EXPECTED)
def test_a_step_makes_every_artifact_it_promises_and_each_is_what_its_contract_says(made, step):
    for name in EXPECTED[step]:
        file = made / name
        assert file.stat().st_size > 0
        if file.suffix == ".json":
            kind = CONTRACT.get(file.stem, file.stem)
            jsonschema.validate(json.loads(file.read_text()), json.loads(contracts.json_schemas()[f"{kind}.json"]))


def test_the_package_is_whole_kept_under_its_digest_and_scores_its_golden_rows(made):
    ended = json.loads((made / "registration.json").read_text())
    folder = Path(ended["packageUri"])
    package.check(folder)
    assert folder == made / "packages" / "by-hand" / ended["packageDigest"].removeprefix("sha256:")
    assert digests.of_folder(folder) == ended["packageDigest"]
    golden = json.loads((folder / "golden.json").read_text())
    assert Scorer.load(folder).predict(golden["instances"]) == pytest.approx(golden["predictions"], rel=1e-9)
    holdout = json.loads((folder / "holdout.json").read_text())
    assert len(holdout["labels"]) == 89 and Scorer.load(folder).problems(holdout["instances"]) == []


def test_the_digest_of_a_package_is_the_documented_one(made):
    import hashlib

    folder = Path(json.loads((made / "registration.json").read_text())["packageUri"])
    lines = sorted(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in folder.iterdir())
    assert f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}" == digests.of_folder(folder)


def test_a_package_that_was_changed_is_not_taken_for_the_same(made, tmp_path):
    folder = Path(json.loads((made / "registration.json").read_text())["packageUri"])
    parts = {name: folder / name for name in package.FILES if name != "holdout.json"}
    holdout = contracts.Holdout.model_validate(json.loads((folder / "holdout.json").read_text()))
    first, _ = package.store(parts, holdout, tmp_path, "p")
    again, _ = package.store(parts, holdout, tmp_path, "p")
    assert first == again and [path.name for path in (tmp_path / "p").iterdir()] == [first.name]
    (first / "model.json").write_text("{}")
    with pytest.raises(Exception, match="was changed"):
        package.store(parts, holdout, tmp_path, "p")


def test_a_package_needs_a_place_that_every_server_finds(made):
    from steps import register

    with pytest.raises(Exception, match="wanted the absolute path"):
        register.store(*[made] * 5, {}, Path(""), "p")


def test_the_dataset_is_kept_under_its_digest(made):
    origin = json.loads((made / "origin.json").read_text())
    assert digests.of_file(Path(origin["snapshot"])) == origin["digest"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["train", "--training", "x"], "the following arguments are required"),
        (["extract", "--training", "t", "--holdout", "h", "--origin", "o", "--seed", "x", "--holdout-share", "much"],
         "error: --holdout-share: got \"much\"; Input should be a valid number; --seed: got \"x\"; Input should be a valid integer"),
        (["extract", "--training", "t", "--holdout", "h", "--origin", "o", "--source", "gone.csv"],
         "error: extract.source: gone.csv cannot be read: No such file or directory. Name a CSV file or sklearn:diabetes"),
        (["extract", "--training", "t", "--holdout", "h", "--origin", "o", "--holdout-share", "1.5"],
         "error: --holdout-share: got 1.5; Input should be less than 1"),
        (["transform", "--training", "gone", "--anomalies", "a", "--transform", "t"], "error: --training: gone does not exist"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_without_a_stack_trace(tmp_path, line, said):
    done = python("-m", f"steps.{line[0]}", *line[1:], cwd=tmp_path)
    assert done.returncode in (1, 2) and said in done.stderr and "Traceback" not in done.stderr


def test_data_that_was_refused_is_not_transformed(tmp_path):
    (tmp_path / "a.json").write_text('{"version": 1, "go": false, "anomalies": []}')
    (tmp_path / "t.csv").write_text("a\n1\n")
    done = python("-m", "steps.transform", "--training", "t.csv", "--anomalies", "a.json", "--transform", "o", cwd=tmp_path)
    assert done.returncode == 1 and "refused by the validation step" in done.stderr
