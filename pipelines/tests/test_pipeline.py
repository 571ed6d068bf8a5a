"""The whole pipeline by kfp's local runner against a real MLflow: what is registered, what is not, and what is cached."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from support import DIABETES, PIPELINES, Estate, Outcome

from steps.extract import diabetes_csv

ALL = {"extract", "validate", "transform", "tune", "train", "evaluate", "register"}


@pytest.fixture(scope="module")
def estate(tmp_path_factory, tracking) -> Estate:
    """An estate in a folder whose name is hard on shell lines: spaces, a quote, and the word kfp replaces."""
    folder = tmp_path_factory.mktemp("estates") / "an estate's python3 folder"
    folder.mkdir()
    return Estate(folder, tracking)


@pytest.fixture(scope="module")
def project(estate) -> Path:
    """A copy of the diabetes project, trained from a file."""
    folder = estate.folder / "diabetes"
    shutil.copytree(DIABETES, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    (estate.folder / "data.csv").write_bytes(diabetes_csv())
    text = (folder / "settings.yaml").read_text().replace("sklearn:diabetes", "../data.csv")
    (folder / "settings.yaml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def first(estate, project) -> Outcome:
    """The first run: no model is in production."""
    return estate.run(project)


@pytest.fixture(scope="module")
def released(estate, first) -> str:
    """The first version, in production."""
    version = str(first.result["version"])
    estate.tracking.set_alias("diabetes", "production", version)
    return version


@pytest.fixture(scope="module")
def again(estate, project, released) -> Outcome:
    """The same again, after the release."""
    return estate.run(project)


@pytest.fixture(scope="module")
def better(estate, project, again) -> Outcome:
    """A better model."""
    return estate.run(project, train__alpha=0.4)


def test_the_first_model_is_registered_with_version_metrics_and_reasons(first):
    assert first.code == 0, first.errors
    assert first.ran == ALL
    result = first.result
    assert result["state"] == "succeeded" and result["blessed"] is True and result["version"]
    assert result["metrics"]["mse"] == pytest.approx(3325.26, abs=0.01)
    assert any("first model" in reason for reason in result["reasons"])


def test_every_step_says_when_it_starts_and_ends_with_its_seconds(first):
    steps = [event for event in first.events if event["event"] == "step"]
    assert len(steps) == 14 and [event["state"] for event in steps[::2]] == ["started"] * 7
    assert all(event["seconds"] >= 0 for event in steps[1::2])


def test_the_runs_folder_holds_every_artifact_and_no_scratch(first):
    found = {str(path.relative_to(first.directory)) for path in first.directory.rglob("*") if path.is_file()}
    assert {
        "parameters.json", "extract/training.csv", "extract/holdout.csv", "extract/origin.json", "validate/statistics.json",
        "validate/anomalies.json", "transform/transform.json", "tune/search.json", "train/model/model.json", "train/golden.json",
        "evaluate/metrics.json", "evaluate/blessing.json", "register/registration.json",
    } <= found  # fmt: skip
    assert not (first.directory / "tmp").exists()


def test_the_version_carries_where_it_came_from_and_what_it_scored(estate, first, released):
    version = estate.tracking.version("diabetes", released)
    tags = version["tags"]
    assert tags["git.commit"] == "0123abcd" and tags["run.id"] == "run-1" and tags["run.reason"] == "manual"
    assert tags["data.digest"] == first.read("extract/origin.json")["digest"]
    assert tags["param.alpha"] == "0.2" and float(tags["metric.mse"]) == first.result["metrics"]["mse"]
    assert Path(tags["package.uri"]).name == tags["package.digest"].removeprefix("sha256:")
    assert version["run_id"] == first.result["trackingRunId"]


def test_the_tracker_holds_the_run_with_parameters_metrics_and_artifacts(estate, first):
    run = estate.tracking.call("GET", f"runs/get?run_id={first.result['trackingRunId']}")["run"]
    assert run["info"]["status"] == "FINISHED"
    assert {"alpha": "0.2"}.items() <= {item["key"]: item["value"] for item in run["data"]["params"]}.items()
    metrics = {item["key"]: item["value"] for item in run["data"]["metrics"]}
    assert metrics["mse"] == first.result["metrics"]["mse"]
    assert {"slice/sex/-0.04464/mse", "slice/sex/0.05068/mse"} <= metrics.keys()
    tags = {item["key"]: item["value"] for item in run["data"]["tags"]}
    assert tags["mlflow.source.name"] == "diabetes" and tags["mlflow.source.git.commit"] == "0123abcd"
    (data,) = run["inputs"]["dataset_inputs"]
    origin = first.read("extract/origin.json")
    assert data["dataset"]["name"] == "data" and origin["digest"].startswith(f"sha256:{data['dataset']['digest']}")
    assert json.loads(data["dataset"]["source"]) == {"uri": origin["snapshot"]}
    for folder, file in (("pipeline", "pipeline/blessing.json"), ("model", "model/model.json")):
        listed = estate.tracking.call("GET", f"artifacts/list?run_id={first.result['trackingRunId']}&path={folder}")
        assert file in {item["path"] for item in listed["files"]}


def test_the_same_again_is_not_registered_because_equal_is_not_better(again):
    assert again.code == 0 and again.result["state"] == "succeeded"
    assert again.result["blessed"] is False and again.result["version"] is None
    assert "is equal to the current model's" in again.result["reasons"][0]


def test_a_new_champion_is_noticed_and_everything_else_comes_from_the_cache(again):
    assert again.ran == {"evaluate", "register"}
    assert set(again.states) == ALL
    assert (again.directory / "train" / "model" / "model.json").exists()


def test_the_champion_is_compared_by_the_package_that_was_registered(estate, released, again):
    tags = estate.tracking.version("diabetes", released)["tags"]
    given = again.read("parameters.json")
    assert (given["champion"], given["champion_digest"]) == (tags["package.uri"], tags["package.digest"])


def test_a_better_model_is_registered_and_trains_with_the_given_alpha(estate, better):
    assert better.result["blessed"] is True and better.result["metrics"]["mse"] == pytest.approx(3295.71, abs=0.01)
    assert better.ran == {"train", "evaluate", "register"}
    assert better.read("train/model/manifest.json")["hyperparameters"]["alpha"] == 0.4
    aliases = estate.tracking.version("diabetes", better.result["version"])["aliases"]
    assert aliases == ["candidate"]


def test_a_worse_model_is_not_registered_and_every_reason_is_told(estate, project, better):
    worse = estate.run(project, train__alpha=1000)
    assert worse.code == 0 and worse.result["version"] is None
    said = " | ".join(worse.result["reasons"])
    assert "floor: mse 5124 is not <= 3600" in said and "is worse than the current model's" in said and "slice sex=" in said


def test_a_forced_model_is_registered_marked_and_still_not_blessed(estate, project, better):
    forced = estate.run(project, train__alpha=1000, register__force=True)
    assert forced.result["blessed"] is False and forced.result["version"]
    assert estate.tracking.version("diabetes", forced.result["version"])["tags"]["forced"] == "true"
    assert "register.force is set" in forced.result["reasons"][-1]


def test_a_run_that_is_repeated_makes_no_second_version(estate, project, better):
    repeated = estate.run(project, run_id=better.result["runId"], train__alpha=0.4)
    assert repeated.result["version"] == better.result["version"]
    assert repeated.result["trackingRunId"] == better.result["trackingRunId"]


def test_new_bytes_at_the_same_path_are_noticed(estate, project, better):
    lines = diabetes_csv().decode().splitlines(keepends=True)
    (estate.folder / "data.csv").write_text("".join([*lines, *lines[1:40]]))
    changed = estate.run(project)
    assert "extract" in changed.ran and "train" in changed.ran
    assert changed.read("extract/origin.json")["rows"] == 442 + 39
    assert changed.read("extract/origin.json")["digest"] != better.read("extract/origin.json")["digest"]


def test_new_code_is_noticed(estate, project, better):
    (estate.folder / "data.csv").write_bytes(diabetes_csv())
    (project / "helpers.py").write_text("# a change\n")
    assert estate.run(project).ran == ALL


def test_bad_data_stops_the_run_with_row_and_value_and_nothing_after_it_starts(estate, project, better):
    text = diabetes_csv().decode().replace("0.061696206518683294", "heavy", 1)
    (estate.folder / "data.csv").write_text(text)
    stopped = estate.run(project, run_id=better.result["runId"])
    assert stopped.code == 1 and stopped.result["state"] == "failed"
    assert stopped.states == {"extract": "succeeded", "validate": "failed"}
    assert "bmi: row" in stopped.result["error"] and "'heavy'; wanted a finite number" in stopped.result["error"]
    assert stopped.read("validate/anomalies.json")["go"] is False
    # Nothing of the earlier attempt with this id is taken for this one's.
    assert (stopped.result["version"], stopped.result["metrics"], stopped.result["blessed"]) == (None, {}, False)
    assert not (stopped.directory / "register").exists()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"train__alph": 1}, "train.alph is not a setting. Did you mean train.alpha?"),
        ({"extract__source": "gone.csv"}, "there is no file"),
    ],
)
def test_a_run_that_cannot_start_says_why_and_writes_nothing(estate, project, parameters, said):
    refused = estate.run(project, **parameters)
    assert refused.code == 1 and said in refused.result["error"] and not refused.directory.exists()


def test_a_tracking_server_that_does_not_answer_is_one_line(estate, project, monkeypatch):
    monkeypatch.setattr(estate.tracking, "address", "http://127.0.0.1:9")
    refused = estate.run(project)
    assert refused.code == 1 and "http://127.0.0.1:9 does not answer" in refused.result["error"]
    assert "Traceback" not in refused.errors


@pytest.mark.parametrize("how", ["stdin ends", "SIGTERM"])
def test_a_run_whose_parent_is_gone_ends_itself_and_its_steps(estate, project, how):
    (estate.folder / "data.csv").write_bytes(diabetes_csv())
    name = f"orphan-{how.replace(' ', '-')}"
    command = [*estate.command(project, name, {"tune.folds": 300, "tune.alpha": [0.1] * 200 + [float(how == "SIGTERM")]})]
    process = subprocess.Popen(
        command, cwd=PIPELINES, env=estate.environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin and process.stdout
    for line in process.stdout:
        event = json.loads(line)
        if event.get("step") == "tune" and event["state"] == "started":
            break
    else:
        pytest.fail("tune never started")
    while not _members(process.pid) - {process.pid}:
        time.sleep(0.01)
    if how == "SIGTERM":
        process.send_signal(signal.SIGTERM)
    else:
        process.stdin.close()
    assert process.wait(10) == -signal.SIGKILL
    until = time.monotonic() + 2
    while _members(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert _members(process.pid) == set()


def _members(group: int) -> set[int]:
    """Processes of a process group."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z") and int(pid) != os.getpid()}
