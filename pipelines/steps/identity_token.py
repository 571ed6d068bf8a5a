"""Logs in to a tracking server on Cloud Run: each request carries an identity token for the server's address.

Tokens live one hour, runs may be longer: a token is fetched anew when its end is near. Where the program runs as a service
account (Vertex AI, Kubernetes, Cloud Run, Workbench) the token comes from the machine itself. People come in through
`gcloud run services proxy`, which logs in for them.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

NAME = "google-identity-token"
"""What MLFLOW_TRACKING_AUTH says."""

EARLY = 300
"""Seconds before its end at which a token counts as too old."""


def wanted(address: str) -> bool:
    """Whether the server at an address asks for an identity token."""
    host = urlsplit(address).hostname or ""
    return urlsplit(address).scheme == "https" and host.endswith(".run.app")


def fetch(audience: str) -> str:
    """A token for an address, from the machine's own account."""
    from google.auth.transport.requests import Request
    from google.oauth2.id_token import fetch_id_token

    return str(fetch_id_token(Request(), audience))


def end_of(token: str) -> float:
    """When a token ends, in seconds since 1970. The server checks the token; here only its end is read."""
    payload = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])


class IdentityToken:
    """Adds the token to a request, as `requests` asks it of an `auth`."""

    def __init__(self, fetch: Callable[[str], str] = fetch, now: Callable[[], float] = time.time) -> None:
        self._fetch, self._now = fetch, now
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, request: Any) -> Any:
        parts = urlsplit(request.url)
        request.headers["Authorization"] = f"Bearer {self.token(f'{parts.scheme}://{parts.netloc}')}"
        return request

    def token(self, audience: str) -> str:
        """A token that is good for some minutes more."""
        with self._lock:
            token = self._tokens.get(audience)
            if token is None or end_of(token) - self._now() < EARLY:
                token = self._tokens[audience] = self._fetch(audience)
            return token


LOGIN = IdentityToken()
"""The one of this process."""


class Provider:
    """The login under its name, in the form of MLflow's RequestAuthProvider."""

    def get_name(self) -> str:
        return NAME

    def get_auth(self) -> IdentityToken:
        return LOGIN


def use_for(address: str) -> None:
    """Makes MLflow's client log in, if the server at this address asks for it and no other login is set."""
    if not wanted(address) or os.environ.get("MLFLOW_TRACKING_TOKEN"):
        return
    from mlflow.tracking.request_auth.registry import _request_auth_provider_registry as registry

    os.environ.setdefault("MLFLOW_TRACKING_AUTH", NAME)
    if all(provider.get_name() != NAME for provider in registry):
        registry.register(Provider)
