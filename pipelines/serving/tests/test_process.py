"""The scoring app as a process: where it listens and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable

import pytest

from serving.tests.conftest import PERSON, PERSON_SCORE, PIPELINES, Estate, Process

BODY = json.dumps({"instances": [PERSON]}).encode()


def test_sigterm_finishes_what_is_in_flight_and_writes_its_log_line(
    estate: Estate, start: Callable[[], Process]
) -> None:
    estate.release(drill={"latencyMs": 800})
    process = start()
    answers: list[object] = []

    def call() -> None:
        with urllib.request.urlopen(f"{process.url}/v1/models/tiny:predict", BODY, timeout=10) as answer:
            answers.append(json.load(answer)["predictions"])

    clients = [threading.Thread(target=call) for _ in range(5)]
    for client in clients:
        client.start()
    time.sleep(0.4)
    process.child.send_signal(signal.SIGTERM)
    for client in clients:
        client.join()
    process.child.wait(timeout=10)
    assert answers == [[pytest.approx(PERSON_SCORE)]] * 5
    assert len(estate.lines()) == 5


def test_it_listens_on_the_loopback_address_only(estate: Estate, start: Callable[[], Process]) -> None:
    port = start().port
    # On Linux all of 127/8 is loopback: 127.0.0.2 answers only if the process listens on every address.
    if sys.platform == "linux":
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=2)


def test_a_taken_port_ends_it_with_one_clear_line(estate: Estate, start: Callable[[], Process]) -> None:
    taken = start().port
    arguments = ["--port", str(taken), "--slot-file", str(estate.slot_file), "--slot", "green"]
    second = subprocess.run(
        [sys.executable, "-m", "serving", *arguments, "--log-directory", str(estate.logs)],
        cwd=PIPELINES,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode != 0
    assert "address already in use" in second.stderr and "Traceback" not in second.stderr


def test_scoring_needs_no_data_frames() -> None:
    heavy = "[name for name in ('pandas', 'sklearn', 'scipy', 'mlflow', 'kfp') if name in sys.modules]"
    script = f"import sys, serving.__main__; print({heavy})"
    done = subprocess.run([sys.executable, "-c", script], cwd=PIPELINES, capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "[]", done.stderr
