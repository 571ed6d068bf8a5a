"""Starts MLflow's server on the estate's database.

Before that it brings the database's tables up to date and makes the teams' workspaces. An identity has no rights in a new
database until the job of `database_access.py` has run, which comes after the deployment: until then this answers health
checks, says on every other page what is missing, and tries again.

Reads its environment: MLFLOW_BACKEND_STORE_URI, MLFLOW_DEFAULT_ARTIFACT_ROOT, MLFLOW_SERVER_ALLOWED_HOSTS and what else MLflow
takes; TRACKING_PORT, TRACKING_WORKSPACES (names, separated by commas), TRACKING_ACCESS_JOB and TRACKING_REGION (that job's).
"""

from __future__ import annotations

import http.server
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

PAUSE = 15
"""Seconds between two tries."""

LOCK = 0x6D6C666C6F77
"""Key of the database lock under which one instance at a time changes tables."""

WAITING = "The tracking server cannot work in its database yet. Whoever deploys gives it its rights: "


def command(port: str) -> list[str]:
    """MLflow's own server: one worker, files written to the bucket by the clients, a workspace per team."""
    return [
        *(sys.executable, "-m", "mlflow", "server", "--host", "0.0.0.0", "--port", port, "--workers", "1"),
        *("--no-serve-artifacts", "--enable-workspaces"),
    ]


def workspaces(text: str) -> list[str]:
    """Names of the teams, sorted and without repetitions."""
    return sorted({name.strip() for name in text.split(",") if name.strip()})


def prepare(uri: str, teams: Sequence[str]) -> None:
    """Makes tables and workspaces, or brings them up to date. Repeatable; one instance at a time."""
    from mlflow.entities.workspace import Workspace
    from mlflow.store.db import utils
    from mlflow.store.workspace.sqlalchemy_store import SqlAlchemyStore
    from sqlalchemy import text

    engine = utils.create_sqlalchemy_engine(uri)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        # Ends with the connection.
        if utils._all_tables_exist(engine):
            utils._upgrade_db(engine)
        else:
            utils._initialize_tables(engine)
        store = SqlAlchemyStore(uri)
        there = {workspace.name for workspace in store.list_workspaces()}
        for name in teams:
            if name not in there:
                store.create_workspace(Workspace(name=name))
    engine.dispose()


def what_is_missing(environment: Mapping[str, str]) -> str:
    """For whoever opens a page meanwhile."""
    job, region = environment.get("TRACKING_ACCESS_JOB", "JOB"), environment.get("TRACKING_REGION", "REGION")
    return f"{WAITING}gcloud run jobs execute {job} --region {region} --wait\n"


class Waiting(http.server.BaseHTTPRequestHandler):
    """Healthy, so that the deployment comes to its end, and of no use yet."""

    def do_GET(self) -> None:
        healthy = self.path == "/health"
        body = b"OK" if healthy else what_is_missing(os.environ).encode()
        self.send_response(200 if healthy else 503)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *arguments: object) -> None:
        """Health checks are not worth a line each."""


def wait_until(ready: Callable[[], None], port: int, pause: float = PAUSE) -> None:
    """Calls `ready` until it does not fail; from the first failure on, somebody answers the port meanwhile."""
    server: http.server.ThreadingHTTPServer | None = None
    while True:
        try:
            ready()
            break
        except Exception as error:
            print(f"not ready: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", file=sys.stderr, flush=True)
        if server is None:
            server = http.server.ThreadingHTTPServer(("0.0.0.0", port), Waiting)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        time.sleep(pause)
    if server is not None:
        server.shutdown()
        server.server_close()


def main(environment: Mapping[str, str] = os.environ) -> None:
    """Waits for the database, then becomes MLflow's server."""
    port = environment.get("TRACKING_PORT", "8080")
    teams = workspaces(environment.get("TRACKING_WORKSPACES", ""))
    wait_until(lambda: prepare(environment["MLFLOW_BACKEND_STORE_URI"], teams), int(port))
    arguments = command(port)
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
