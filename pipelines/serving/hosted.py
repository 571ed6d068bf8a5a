"""`python -m serving.hosted`: one scoring process on a cloud. What it serves is told by variables:

PORT              where it listens, on every address
SERVING_SLOT      name of the place: qa, production
SERVING_MODEL     the model version, JSON {"project", "version", "uri", "digest"}; `uri` is the address of its folder. Written
                  by a release; without it nothing is released yet
SERVING_SETTINGS  how predictions are logged, JSON {"logging": {…}}, or the address of such a document; without it nothing is
                  logged
SERVING_LOGS      address of the bucket or folder that predictions are logged to

An address is gs://BUCKET/NAME on Google Cloud and https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME on Azure. The process logs
in as the identity that its platform gives it.
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
from .log_shipper import LogShipper
from .place import Place, Places
from .stderr import say
from .storage import StorageError


def fetch_folder(place: Place, folder: Path) -> None:
    """Copies all objects below `place` into `folder`."""
    for name in place.names():
        inner = PurePosixPath(name)
        if name.endswith("/"):  # A folder that somebody made in the console.
            continue
        if inner.is_absolute() or ".." in inner.parts:
            raise StorageError(f"{place.prefix}{name} is not below {place.prefix}")
        target = folder.joinpath(*inner.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(place.below(name).read())


def slot_document(places: Places, environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """What the slot file is to say. What cannot be had is said, and left out: the process lives and tells that it is not ready."""
    return {"model": _model(places, environ, folder), "logging": _logging(places, environ)}


def _model(places: Places, environ: Mapping[str, str], folder: Path) -> Any:
    text = environ.get("SERVING_MODEL", "")
    if not text:
        return None
    try:
        model = json.loads(text)
        fetch_folder(places.at(model["uri"]), folder)
        return {**model, "uri": str(folder)}
    except OSError as error:  # Of the bucket, or of the disk here: a package may be larger than it.
        say(f"not ready: the model cannot be fetched: {error}")
        return {**model, "uri": str(folder)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"not ready: SERVING_MODEL cannot be used: {type(error).__name__}: {error}")
        return None


def _logging(places: Places, environ: Mapping[str, str]) -> Any:
    settings = environ.get("SERVING_SETTINGS", "")
    if not settings or not environ.get("SERVING_LOGS"):
        return None
    try:
        places.at(environ["SERVING_LOGS"])
        document = settings if settings.lstrip().startswith("{") else places.at(settings).read()
        return json.loads(document)["logging"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        # Which inputs must be left out, or where to, is not known, so none is written.
        say(f"predictions are not logged: SERVING_SETTINGS or SERVING_LOGS cannot be used: {type(error).__name__}: {error}")
        return None


def main() -> None:
    """Serves until SIGTERM; the log's last lines are moved after the last answer."""
    # The server ends by raising the signal again: that must not skip what comes after it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    places = Places()
    slot = os.environ.get("SERVING_SLOT", "production")
    with tempfile.TemporaryDirectory(prefix="serving-", ignore_cleanup_errors=True) as root:
        slot_file, logs = Path(root, "slot.json"), Path(root, "prediction-logs")
        document = slot_document(places, os.environ, Path(root, "model"))
        slot_file.write_text(json.dumps(document))
        shipper = LogShipper(logs, places.at(os.environ["SERVING_LOGS"])) if document["logging"] else None
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
