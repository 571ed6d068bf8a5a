"""The image of the MLflow server on Google Cloud."""

from __future__ import annotations

import re
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

IMAGE = Path(__file__).resolve().parents[1] / "images" / "tracking"
sys.path.insert(0, str(IMAGE))
import tracking_server  # noqa: E402

DOCKERFILE = (IMAGE / "Dockerfile").read_text()
INSTRUCTIONS = [line.split(maxsplit=1) for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in INSTRUCTIONS if instruction == name]


def test_every_base_is_named_by_digest() -> None:
    assert len(of("FROM")) == 2
    assert all(re.search(r"@sha256:[0-9a-f]{64}( AS \w+)?$", base) for base in of("FROM"))


def test_whatever_it_copies_is_there_and_reaches_the_build() -> None:
    own = [name for line in of("COPY") if not line.startswith("--from") for name in line.split()[:-1]]
    assert set(own) == {"requirements.txt", "database_access.py", "tracking_server.py"}
    ignored = (IMAGE / ".dockerignore").read_text().split()
    for name in own:
        assert (IMAGE / name).is_file()
        assert f"!{name}" in ignored


def test_it_runs_as_a_user_without_rights_and_starts_the_server() -> None:
    assert of("USER") == ["10001:10001"]
    assert of("ENTRYPOINT") == ['["python", "-m", "tracking_server"]']


def test_every_package_is_pinned_with_its_hash_and_mlflow_is_the_one_of_the_steps() -> None:
    lock = (IMAGE / "requirements.txt").read_text()
    entries = re.findall(r"^([a-z0-9._-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.M)
    assert len(entries) == len(re.findall(r"^[a-z]", lock, re.M))
    versions = {name: version for name, version, _ in entries}
    steps = (IMAGE.parents[1] / "requirements.txt").read_text()
    assert f"\nmlflow=={versions['mlflow']} " in steps
    assert "--require-hashes" in DOCKERFILE
    wanted = re.findall(r"^([a-z][a-z0-9-]+)", (IMAGE / "requirements.in").read_text() + (IMAGE / "requirements-access.in").read_text(), re.M)
    assert set(wanted) <= set(versions)


def test_the_server_has_one_worker_and_leaves_files_to_the_bucket() -> None:
    command = tracking_server.command("8080")
    assert command[1:4] == ["-m", "mlflow", "server"]
    assert command[command.index("--workers") + 1] == "1"
    assert {"--no-serve-artifacts", "--enable-workspaces"} <= set(command)


def test_teams_are_read_once_each() -> None:
    assert tracking_server.workspaces(" risk,care,,risk ") == ["care", "risk"]
    assert tracking_server.workspaces("") == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_without_rights_in_the_database_it_is_healthy_says_what_is_missing_and_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKING_ACCESS_JOB", "acme-database-access-ml")
    port = free_port()
    seen: list[tuple[int, str]] = []

    def ask(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    tries = iter([PermissionError("permission denied"), None])

    def ready() -> None:
        error = next(tries)
        if error:
            raise error
        seen.extend([ask("/health"), ask("/api/2.0/mlflow/experiments/search")])

    tracking_server.wait_until(ready, port, pause=0.01)
    assert seen[0] == (200, "OK")
    assert seen[1][0] == 503 and "gcloud run jobs execute acme-database-access-ml" in seen[1][1]
    with pytest.raises(urllib.error.URLError):
        ask("/health")
