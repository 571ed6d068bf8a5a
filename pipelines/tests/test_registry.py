"""The tracker's bookkeeping, against a real MLflow server."""

from __future__ import annotations

import pytest
from support import free_port

from steps.contracts import Metrics, Slice
from steps.errors import StepError
from steps.register import slice_scores
from steps.registry import Tracker


def status(tracking, run: str) -> str:
    return str(tracking.call("GET", f"runs/get?run_id={run}")["run"]["info"]["status"])


def test_a_run_that_breaks_off_is_marked_as_failed_not_left_running(tracking):
    with pytest.raises(OSError), Tracker.at(tracking.address) as tracker:  # noqa: PT012
        run = tracker.run("broken-off", "b-1", {"run.id": "b-1"})
        assert status(tracking, run) == "RUNNING"
        raise OSError("no space left on device")
    assert status(tracking, run) == "FAILED"


def test_a_run_that_ended_well_stays_finished_whatever_comes_after(tracking):
    with pytest.raises(StepError), Tracker.at(tracking.address) as tracker:  # noqa: PT012
        run = tracker.run("finished", "f-1", {"run.id": "f-1"})
        tracker.end(run)
        raise StepError("later")
    assert status(tracking, run) == "FINISHED"


def test_two_first_runs_of_a_project_at_once_share_its_experiment(tracking):
    with Tracker.at(tracking.address) as one, Tracker.at(tracking.address) as other:
        mine = one.run("at-once", "a-1", {"run.id": "a-1"})
        # What the other sees when it looks a moment before the first has made the experiment.
        look = other._client.get_experiment_by_name
        seen: list[str] = []

        def late(name: str):
            seen.append(name)
            return None if len(seen) == 1 else look(name)

        other._client.get_experiment_by_name = late
        theirs = other.run("at-once", "a-2", {"run.id": "a-2"})
    homes = {tracking.call("GET", f"runs/get?run_id={run}")["run"]["info"]["experiment_id"] for run in (mine, theirs)}
    assert len(homes) == 1 and mine != theirs


def test_a_server_that_went_away_is_one_line(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StepError, match=f"^the MLflow server at {address} does not answer any more. Is the estate up"):
        with Tracker.at(address) as tracker:
            tracker.run("gone", "g-1", {})


def test_slices_become_metrics_under_names_that_the_tracker_takes(tracking):
    parts = [Slice(feature="city", value="Seoul", metrics={"mse": 1}), Slice(feature="city", value="naïve = 50%/$", metrics={"mse": 2})]
    made = slice_scores(Metrics(overall={}, slices=[*parts, Slice(feature="x", value=1e20, metrics={"mse": 3})]))
    assert list(made) == ["slice/city/Seoul/mse", "slice/city/naïve _ 50___/mse", "slice/x/1e20/mse"]
    with Tracker.at(tracking.address) as tracker:
        run = tracker.run("slices", "s-1", {})
        tracker.log(run, {}, made)
    stored = tracking.call("GET", f"runs/get?run_id={run}")["run"]["data"]["metrics"]
    assert {item["key"] for item in stored} == set(made)
