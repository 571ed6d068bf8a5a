"""`python -m serving`: one scoring process."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from .app import Options, create_app
from .predict_request import Limits


def main(argv: Sequence[str] | None = None) -> None:
    """Serves until SIGTERM or SIGINT; requests in flight are answered first.

    @default argv of the process
    """
    parser = argparse.ArgumentParser(prog="serving", description="Serves one model package over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slot-file", type=Path, required=True, help="JSON file that says which model version to serve")
    parser.add_argument("--slot", required=True, help="name of this place: qa, blue, green")
    parser.add_argument("--log-directory", type=Path, required=True, help="folder of the prediction logs")
    limits = Limits()
    parser.add_argument("--max-body-bytes", type=int, default=limits.max_body_bytes, help="default: %(default)s")
    parser.add_argument("--max-instances", type=int, default=limits.max_instances, help="default: %(default)s")
    arguments = parser.parse_args(argv)
    app = create_app(
        Options(
            slot_file=arguments.slot_file,
            slot=arguments.slot,
            log_directory=arguments.log_directory,
            limits=Limits(arguments.max_body_bytes, arguments.max_instances),
        )
    )
    uvicorn.run(
        app,
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Longer than the gateway keeps a connection idle, so that it is never this side that closes one being reused.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
