"""`python -m serving.hosted`: one scoring process on a cloud. What it serves is told by variables:

PORT              where it listens, on every address
SERVING_SLOT      name of the place: qa, production
SERVING_MODEL     the model version, JSON {"project", "version", "uri", "digest"}; `uri` is gs://BUCKET/FOLDER. Written by a
                  release; without it nothing is released yet
SERVING_SETTINGS  gs://BUCKET/NAME of how predictions are logged, JSON {"logging": {…}}; without it nothing is logged
SERVING_LOGS      gs://BUCKET that predictions are logged to
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from .__main__ import main as serve
from .google_storage import GoogleStorage, StorageError, place_of
from .log_shipper import LogShipper
from .stderr import say


def fetch_folder(storage: GoogleStorage, uri: str, folder: Path) -> None:
    """Copies all objects below `uri` into `folder`."""
    bucket, prefix = place_of(uri.rstrip("/") + "/")
    for name in storage.names(bucket, prefix):
        inner = PurePosixPath(name.removeprefix(prefix))
        if name.endswith("/"):  # A folder that somebody made in the console.
            continue
        if inner.is_absolute() or ".." in inner.parts:
            raise StorageError(f"gs://{bucket}/{name} is not below {uri}")
        target = folder.joinpath(*inner.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(storage.read(bucket, name))


def slot_document(storage: GoogleStorage, environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """What the slot file is to say. What cannot be had is said, and left out: the process lives and tells that it is not ready."""
    return {"model": _model(storage, environ, folder), "logging": _logging(storage, environ)}


def _model(storage: GoogleStorage, environ: Mapping[str, str], folder: Path) -> Any:
    text = environ.get("SERVING_MODEL", "")
    if not text:
        return None
    try:
        model = json.loads(text)
        fetch_folder(storage, model["uri"], folder)
        return {**model, "uri": str(folder)}
    except OSError as error:  # Of the bucket, or of the disk here: a package may be larger than it.
        say(f"not ready: the model cannot be fetched: {error}")
        return {**model, "uri": str(folder)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"not ready: SERVING_MODEL cannot be used: {type(error).__name__}: {error}")
        return None


def _logging(storage: GoogleStorage, environ: Mapping[str, str]) -> Any:
    uri = environ.get("SERVING_SETTINGS", "")
    if not uri or not environ.get("SERVING_LOGS"):
        return None
    try:
        return json.loads(storage.read(*place_of(uri)))["logging"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        # Which inputs must be left out is not known, so none is written.
        say(f"predictions are not logged: {uri} cannot be used: {type(error).__name__}: {error}")
        return None


def main() -> None:
    """Serves until SIGTERM; the log's last lines are moved after the last answer."""
    # The server ends by raising the signal again: that must not skip what comes after it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    storage = GoogleStorage()
    slot = os.environ.get("SERVING_SLOT", "production")
    with tempfile.TemporaryDirectory(prefix="serving-", ignore_cleanup_errors=True) as root:
        slot_file, logs = Path(root, "slot.json"), Path(root, "prediction-logs")
        slot_file.write_text(json.dumps(slot_document(storage, os.environ, Path(root, "model"))))
        target = os.environ.get("SERVING_LOGS", "")
        shipper = LogShipper(logs, storage, place_of(target)[0]) if target else None
        if shipper:
            shipper.start()
        try:
            arguments = ["--host", "0.0.0.0", "--port", os.environ.get("PORT", "8080")]
            serve([*arguments, "--slot", slot, "--slot-file", str(slot_file), "--log-directory", str(logs)])
        finally:
            if shipper:
                shipper.stop()


if __name__ == "__main__":
    main()
