"""A tiny model package and ways to serve it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving.app import Options, create_app
from serving.predict_request import Limits
from steps.digests import of_folder

PIPELINES = Path(__file__).resolve().parents[2]

#: prediction = 10 + 2 * (age - 40) / 10 + 0.3 * (bmi - 25) / 0.5 + 4 * [sex is female]
PACKAGE: dict[str, Any] = {
    "manifest.json": {
        "version": 1,
        "project": "tiny",
        "model": "linear",
        "python": "3.11",
        "packages": {},
        "memoryMiB": 64,
        "accelerator": None,
        "metric": {"name": "mse", "direction": "lower"},
        "target": "score",
    },
    "schema.json": {
        "version": 1,
        "features": [
            {"name": "age", "type": "number", "required": True, "min": 0, "max": 120},
            {"name": "bmi", "type": "number", "required": False},
            {"name": "sex", "type": "category", "required": True, "domain": ["female", "male"]},
        ],
    },
    "transform.json": {
        "version": 1,
        "columns": [
            {"name": "age", "kind": "standardize", "mean": 40, "scale": 10},
            {"name": "bmi", "kind": "standardize", "mean": 25, "scale": 0.5},
            {"name": "sex", "kind": "onehot", "levels": ["female", "male"]},
        ],
    },
    "model.json": {
        "version": 1,
        "kind": "linear",
        "intercept": 10.0,
        "coefficients": [2.0, 0.3, 4.0, 0.0],
        "columns": ["age", "bmi", "sex=female", "sex=male"],
    },
}

PERSON = {"age": 50, "bmi": 30, "sex": "female"}
#: What the package says of PERSON, by the formula above.
PERSON_SCORE = 10 + 2 + 3 + 4


class Estate:
    """A folder with one package, one slot file and a log folder."""

    def __init__(self, root: Path) -> None:
        self.package = root / "artifacts" / "tiny"
        self.package.mkdir(parents=True)
        for name, content in PACKAGE.items():
            (self.package / name).write_text(json.dumps(content))
        self.slot_file = root / "blue.json"
        self.logs = root / "prediction-logs"

    def release(self, version: str = "7", **changes: Any) -> None:
        """Writes the slot file as a release does."""
        slot = {
            "model": {
                "project": "tiny",
                "version": version,
                "uri": str(self.package),
                "digest": of_folder(self.package),
            },
            "drill": None,
            "logging": {"sample": 1, "retentionDays": 90, "redact": []},
        }
        self.slot_file.write_text(json.dumps({**slot, **changes}))

    def model_at(self, uri: str) -> str:
        """SERVING_MODEL of the package once it lies at this address."""
        self.release()
        return json.dumps({**json.loads(self.slot_file.read_text())["model"], "uri": uri})

    def options(self, **limits: int) -> Options:
        return Options(slot_file=self.slot_file, slot="blue", log_directory=self.logs, limits=Limits(**limits))

    def lines(self) -> list[dict[str, Any]]:
        """Every line of the prediction log."""
        files = sorted(self.logs.glob("*/*/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return Estate(tmp_path)


@pytest.fixture
def served(estate: Estate) -> Iterator[TestClient]:
    """The tiny package, version 7, with its prediction log on. An exception in the app fails the test."""
    estate.release()
    with TestClient(create_app(estate.options(max_instances=5, max_body_bytes=2_000))) as client:
        yield client


class Process:
    """`python -m serving` for real."""

    def __init__(self, estate: Estate) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ["--port", str(self.port), "--slot-file", str(estate.slot_file), "--slot", "blue"]
        self.child = subprocess.Popen(
            [sys.executable, "-m", "serving", *arguments, "--log-directory", str(estate.logs)],
            cwd=PIPELINES,
            env={**os.environ, "PYTHONPATH": str(PIPELINES)},
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=1).close()
                return
            except (urllib.error.URLError, ConnectionError):
                if self.child.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the scoring app did not start: {self.end()}") from None
                time.sleep(0.05)

    def end(self) -> str:
        """Ends the process; gives what it wrote to stderr."""
        self.child.terminate()
        return self.child.communicate(timeout=15)[1]


class Hosted:
    """`python -m serving.hosted` for real, told by these variables."""

    def __init__(self, variables: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        environ = {**os.environ, **variables, "PORT": self.url.rpartition(":")[2]}
        command = [sys.executable, "-m", "serving.hosted"]
        self.child = subprocess.Popen(command, cwd=PIPELINES, env=environ, stderr=subprocess.PIPE, text=True)

    def predict(self) -> list[float]:
        """Waits until it is ready, and asks for PERSON."""
        # Not by the proxy that the process may have been given.
        ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        deadline = time.monotonic() + 20
        while True:
            try:
                ask(f"{self.url}/readyz", timeout=1).close()
                break
            except (urllib.error.URLError, ConnectionError):
                if self.child.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the scoring app is not ready: {self.end()}") from None
                time.sleep(0.05)
        body = json.dumps({"instances": [PERSON]}).encode()
        with ask(f"{self.url}/v1/models/tiny:predict", body, timeout=5) as answer:
            return [float(value) for value in json.load(answer)["predictions"]]

    def end(self) -> str:
        """Ends the process as a platform does; gives what it wrote to stderr."""
        self.child.terminate()
        return self.child.communicate(timeout=20)[1]


@pytest.fixture
def start(estate: Estate) -> Iterator[Callable[[], Process]]:
    """Starts processes that the test may end itself."""
    started: list[Process] = []

    def begin() -> Process:
        started.append(Process(estate))
        return started[-1]

    yield begin
    for process in started:
        if process.child.poll() is None:
            process.end()
