"""Shared fixtures. One tracking server serves the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import TrackingServer


@pytest.fixture(scope="session")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrackingServer]:
    """A real MLflow server on SQLite."""
    server = TrackingServer(tmp_path_factory.mktemp("tracking"))
    yield server
    server.stop()
