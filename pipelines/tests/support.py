"""What several test files need: a project's folder, a tracking server, runs of the real command lines."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PIPELINES = Path(__file__).resolve().parent.parent
DIABETES = PIPELINES / "projects" / "diabetes"


def python(*arguments: object, env: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs Python with this package on its path."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(PIPELINES), **(env or {})},
        text=True,
        capture_output=True,
        timeout=120,
        **options,
    )


def free_port() -> int:
    """A port nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TrackingServer:
    """A real MLflow server on SQLite."""

    def __init__(self, folder: Path) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        log = (folder / "mlflow.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", self.address.rsplit(":", 1)[1],
             "--workers", "1", "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}",
             "--artifacts-destination", str(folder / "artifacts")],
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        self._wait(folder / "mlflow.log")

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=2):
                    return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"MLflow did not start:\n{log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ends the server and its workers."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, 15)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, 9)
                self._process.wait(5)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Calls the REST API."""
        request = urllib.request.Request(
            f"{self.address}/api/2.0/mlflow/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            parsed: dict[str, Any] = json.load(answer)
            return parsed

    def version(self, project: str, version: str) -> dict[str, Any]:
        """A model version with its tags as a mapping."""
        found = self.call("GET", f"model-versions/get?name={project}&version={version}")["model_version"]
        return {**found, "tags": {tag["key"]: tag["value"] for tag in found.get("tags", [])}}

    def set_alias(self, project: str, alias: str, version: str) -> None:
        """Points an alias at a version."""
        self.call("POST", "registered-models/alias", {"name": project, "alias": alias, "version": version})


@dataclass
class Outcome:
    """What a run printed and left."""

    code: int
    events: list[dict[str, Any]]
    errors: str
    directory: Path

    @property
    def result(self) -> dict[str, Any]:
        """The last event."""
        assert self.events[-1]["event"] == "result"
        return self.events[-1]

    @property
    def states(self) -> dict[str, str]:
        """Step → how it ended."""
        return {event["step"]: event["state"] for event in self.events if event["event"] == "step"}

    @property
    def ran(self) -> set[str]:
        """Steps that were executed, not taken from the cache."""
        return {step for step, state in self.states.items() if state == "succeeded"}

    def read(self, path: str) -> Any:
        """A JSON artifact of the run."""
        return json.loads((self.directory / path).read_text())


@dataclass
class Estate:
    """Folders as the local platform has them, and a tracking server."""

    folder: Path
    tracking: TrackingServer
    runs: int = field(default=0)

    def command(self, project: Path, run_id: str, parameters: dict[str, object]) -> list[str]:
        """The command line of a run."""
        file = self.folder / f"{run_id}-parameters.json"
        file.write_text(json.dumps(parameters))
        return [
            sys.executable, "-m", "steps.local_run", "--project-directory", str(project), "--run-id", run_id,
            "--run-directory", str(self.folder / "runs" / run_id), "--cache-directory", str(self.folder / "cache"),
            "--artifacts-directory", str(self.folder / "buckets" / "artifacts"), "--parameters", str(file),
            "--reason", "manual", "--git-commit", "0123abcd",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """The environment of a run."""
        return {**os.environ, "PYTHONPATH": str(PIPELINES), "MLFLOW_TRACKING_URI": self.tracking.address}

    def run(self, project: Path, run_id: str | None = None, **parameters: object) -> Outcome:
        """Runs a pipeline to its end. `train__alpha=1` sets train.alpha."""
        self.runs += 1
        name = run_id or f"run-{self.runs}"
        dotted = {key.replace("__", "."): value for key, value in parameters.items()}
        with subprocess.Popen(
            self.command(project, name, dotted),
            cwd=PIPELINES, env=self.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            # communicate() would close stdin, which ends a run.
            errors: list[str] = []
            from threading import Thread

            assert process.stderr and process.stdout
            reader = Thread(target=lambda: errors.append(process.stderr.read()))
            reader.start()
            lines = process.stdout.read().splitlines()
            reader.join()
            code = process.wait(120)
        return Outcome(code, [json.loads(line) for line in lines], errors[0], self.folder / "runs" / name)
