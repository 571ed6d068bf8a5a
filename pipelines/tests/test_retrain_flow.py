"""The bundled Airflow flow, without Airflow."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

FLOWS = Path(__file__).resolve().parents[2] / "lib" / "gcp" / "flows"


class Recorder:
    """Stands in for Airflow's classes: remembers what they were called with."""

    made: list[tuple[str, dict[str, Any]]] = []

    def __init__(self, **arguments: Any) -> None:
        self.made.append((type(self).__name__, arguments))

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *arguments: object) -> None: ...


class DAG(Recorder): ...


class PythonOperator(Recorder): ...


class Topic:
    """Stands in for Pub/Sub."""

    published: list[tuple[str, bytes]] = []

    def publish(self, topic: str, data: bytes) -> Topic:
        self.published.append((topic, data))
        return self

    def result(self, timeout: float) -> str:
        return "message-1"


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> Any:
    Recorder.made, Topic.published = [], []
    modules = {
        "airflow": {"DAG": DAG},
        "airflow.operators": {},
        "airflow.operators.python": {"PythonOperator": PythonOperator},
        "google.cloud.pubsub_v1": {"PublisherClient": Topic},
    }
    for name, members in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    import google.cloud

    monkeypatch.setattr(google.cloud, "pubsub_v1", sys.modules["google.cloud.pubsub_v1"], raising=False)
    monkeypatch.syspath_prepend(str(FLOWS))
    monkeypatch.delitem(sys.modules, "retrain_event", raising=False)
    namespace: dict[str, Any] = {}
    source = (FLOWS / "retrain_dag.py").read_text()
    exec(compile(source, "retrain_dag.py", "exec"), namespace)
    return types.SimpleNamespace(**namespace)


def run(kind: str, name: str) -> Any:
    return types.SimpleNamespace(run_id=name, run_type=kind)


def test_the_flow_has_one_task_and_starts_only_when_it_is_asked_to(flow: Any) -> None:
    (dag, settings), (task, of) = Recorder.made
    assert (dag, settings["dag_id"], settings["schedule"], settings["catchup"]) == ("DAG", "retrain", None, False)
    assert (task, of["python_callable"]) == ("PythonOperator", flow.ask)


def test_the_task_publishes_a_retrain_event_of_its_project(flow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRAIN_PROJECT", "diabetes")
    monkeypatch.setenv("RETRAIN_TOPIC", "projects/p/topics/retrain")
    assert flow.ask(run("manual", "manual__2026-11-20"), {"train.alpha": 0.5}) == "message-1"
    [(topic, data)] = Topic.published
    assert topic == "projects/p/topics/retrain"
    assert json.loads(data) == {
        "project": "diabetes",
        "reason": "manual",
        "parameters": {"train.alpha": 0.5},
        "dedupeKey": "workflow:manual__2026-11-20",
    }


def test_a_run_that_another_flow_or_a_clock_started_says_so(flow: Any) -> None:
    assert json.loads(flow.retrain_event("diabetes", "scheduled__1", "scheduled"))["reason"] == "schedule"


def test_a_task_that_is_tried_again_sends_the_same_event(flow: Any) -> None:
    assert flow.retrain_event("diabetes", "r", "manual", {"a": 1}) == flow.retrain_event("diabetes", "r", "manual", {"a": 1})
