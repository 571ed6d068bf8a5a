"""Logging in to a tracking server on Cloud Run."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from steps import identity_token, registry


def token(end: float, mark: str = "") -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"exp": end, "mark": mark}).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.fetched: list[str] = []

    def fetch(self, audience: str) -> str:
        self.fetched.append(audience)
        return token(self.time + 3600, str(len(self.fetched)))

    def login(self) -> identity_token.IdentityToken:
        return identity_token.IdentityToken(self.fetch, lambda: self.time)


def test_a_request_carries_a_token_for_the_servers_address_and_nothing_more_of_the_url() -> None:
    clock = Clock()
    request = requests.Request("GET", "https://tracking-1.region.run.app/api/2.0/x?y=1", auth=clock.login()).prepare()
    assert clock.fetched == ["https://tracking-1.region.run.app"]
    assert request.headers["Authorization"] == f"Bearer {token(clock.time + 3600, '1')}"


def test_a_run_longer_than_a_token_gets_a_new_one_before_the_old_one_ends() -> None:
    clock = Clock()
    login = clock.login()
    first = login.token("https://a")
    clock.time += 3000
    assert login.token("https://a") == first
    clock.time += 301
    assert login.token("https://a") != first
    assert len(clock.fetched) == 2


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://acme-prod-tracking-1.europe-west1.run.app", True),
        ("https://tracking.run.app.evil.example", False),
        ("http://acme.run.app", False),
        ("http://127.0.0.1:5000", False),
        ("sqlite:///x.db", False),
    ],
)
def test_only_cloud_run_is_sent_a_token(address: str, wanted: bool) -> None:
    assert identity_token.wanted(address) is wanted


def test_mlflows_own_client_sends_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization"))
            body = b'{"experiment": {"experiment_id": "1", "name": "x", "lifecycle_stage": "active"}}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None: ...

    clock = Clock()
    monkeypatch.setattr(identity_token, "LOGIN", clock.login())
    monkeypatch.setattr(identity_token, "wanted", lambda address: True)
    # Set first, so that it is taken away after the test.
    monkeypatch.setenv("MLFLOW_TRACKING_AUTH", identity_token.NAME)
    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        registry._client(f"http://127.0.0.1:{server.server_port}").get_experiment_by_name("x")
    finally:
        server.shutdown()
        server.server_close()
    assert seen and all(header == f"Bearer {token(clock.time + 3600, '1')}" for header in seen)


def test_a_token_that_somebody_set_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "own")
    monkeypatch.delenv("MLFLOW_TRACKING_AUTH", raising=False)
    identity_token.use_for("https://a.region.run.app")
    import os

    assert "MLFLOW_TRACKING_AUTH" not in os.environ
