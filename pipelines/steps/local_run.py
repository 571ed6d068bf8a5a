"""Runs a project's pipeline on this machine with kfp's local runner: `python -m steps.local_run --project-directory DIR …`.

One JSON object a line goes to stdout: `{"event": "step", …}` for every change of a step, last `{"event": "result", …}`.
Everything for people goes to stderr. The process ends with all its children when its stdin reaches the end: whoever
started it and was killed leaves no orphan. Exit code 0: the pipeline ran, whether a model was registered or not; 1: a
step failed or the run could not start.

Artifacts are made in the cache folder, where later runs find them, and copied to `<run folder>/<step>/<output>`: either
folder may be deleted without harm to the other.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import digests, documents, project, registry
from steps.command import PREFIX
from steps.contracts import Blessing, Metrics, Registration
from steps.errors import StepError
from steps.extract import DIABETES
from steps.watch import Emit, StepWatcher, Tee


@dataclass(frozen=True)
class Request:
    """What a run is started with; see the command line's help."""

    project_directory: Path
    run_id: str
    run_directory: Path
    cache_directory: Path
    artifacts_directory: Path
    datasets_directory: Path
    parameters: Path | None
    reason: str
    git_commit: str
    tracking_uri: str


def parse_arguments(argv: list[str] | None = None) -> tuple[Request, bool]:
    """Reads the command line; the second value says whether to watch stdin."""
    parser = argparse.ArgumentParser(prog="python -m steps.local_run", description="Runs a pipeline on this machine.")
    add = parser.add_argument
    add("--project-directory", type=Path, required=True, help="Folder of the project.")
    add("--run-id", required=True, help="Id of the run; a repeated one continues the same run in the tracker.")
    add("--run-directory", type=Path, required=True, help="Folder for the run's artifacts.")
    add("--cache-directory", type=Path, required=True, help="Folder for results that later runs may use again.")
    add("--artifacts-directory", type=Path, required=True, help="Bucket of artifacts; model packages go to models/ in it.")
    add("--datasets-directory", type=Path, help="Bucket of datasets. Default: datasets beside the bucket of artifacts.")
    add("--parameters", type=Path, help="JSON file of dotted settings that override settings.yaml.")
    add("--reason", default="manual", help="Why the run was started. Default: %(default)s.")
    add("--git-commit", default="", help="Commit the run is made from.")
    add("--tracking-uri", default="", help="MLflow server. Default: MLFLOW_TRACKING_URI.")
    add("--ignore-stdin", action="store_true", help="Do not end when stdin does.")
    given = vars(parser.parse_args(argv))
    watch = not given.pop("ignore_stdin") and not sys.stdin.isatty()
    datasets = given.pop("datasets_directory") or given["artifacts_directory"].parent / "datasets"
    given = {name: value.resolve() if isinstance(value, Path) else value for name, value in given.items()}
    return Request(**given, datasets_directory=datasets.resolve()), watch


def run(request: Request, emit: Emit) -> dict[str, Any]:
    """Runs the pipeline and gives its result; raises StepError when it cannot start."""
    found = project.load(request.project_directory, project.overrides(request.parameters))
    for step in found.definition.signatures:
        # What an earlier attempt at this run left is not this one's.
        shutil.rmtree(request.run_directory / step, ignore_errors=True)
    address = registry.require_address(request.tracking_uri)
    os.environ["MLFLOW_TRACKING_URI"] = address
    digest = source_digest(str(found.settings.get("extract.source", "")))
    champion = registry.find_champion(address, found.name)
    for folder in (request.run_directory, request.cache_directory, request.artifacts_directory, request.datasets_directory):
        folder.mkdir(parents=True, exist_ok=True)
    arguments = {
        # In a container the image holds code and libraries together; here another Python may be at work next time.
        "code_digest": digests.of_bytes(f"{found.code_digest()}\n{digests.of_libraries()}".encode()),
        "source_digest": digest,
        "champion": champion_package(champion, request.artifacts_directory / "models" / found.name) if champion else "",
        "champion_digest": champion.digest if champion else "",
        "datasets": str(request.datasets_directory / found.name),
        "packages": str(request.artifacts_directory / "models"),
        "run_id": request.run_id,
        "reason": request.reason,
        "git_commit": request.git_commit,
    }
    arguments = {name: value for name, value in arguments.items() if name in found.definition.parameters()}
    documents.write_text(
        request.run_directory / "parameters.json", json.dumps({**found.pipeline_parameters(), **arguments}, indent=1) + "\n"
    )
    failure = execute(found.build("local"), arguments, request, emit)
    return result(request, failure)


def champion_package(champion: registry.Champion, packages: Path) -> str:
    """Where the champion's package lies: where it was registered, or under the same digest when the estate was moved since."""
    moved = packages / champion.digest.removeprefix("sha256:")
    return champion.uri if Path(champion.uri).is_dir() or not moved.is_dir() else str(moved)


def source_digest(source: str) -> str:
    """Digest of the source's bytes, so that new bytes at the same path are noticed."""
    if not source or source == DIABETES:
        return ""
    path = Path(source.removeprefix("file://"))
    if not path.is_file():
        raise StepError(f"extract.source: there is no file {source}", f"Name a CSV file or {DIABETES}")
    return digests.of_file(path)


def execute(pipeline: Any, arguments: Mapping[str, Any], request: Request, emit: Emit) -> str | None:
    """Runs the pipeline; gives None, or why it failed."""
    from kfp import local

    scratch = request.run_directory / "tmp"
    scratch.mkdir(exist_ok=True)
    made = request.cache_directory / "artifacts" / request.run_id
    tee = Tee(sys.stderr)
    with prepared(scratch), contextlib.redirect_stdout(tee):
        local.init(
            local.SubprocessRunner(use_venv=False),
            pipeline_root=str(made),
            workspace_root=str(scratch / "workspace"),
            raise_on_error=True,
            enable_caching=True,
            cache_root=str(request.cache_directory / "keys"),
        )
        watcher = StepWatcher(request.run_directory, made, emit, tee)
        try:
            with watcher.watching():
                pipeline(**arguments)
        except RuntimeError as error:
            # kfp's word for a failed step; anything else is a fault of this program.
            if not watcher.failure:
                raise
            logging.debug("kfp: %s", error)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return watcher.failure


@contextlib.contextmanager
def prepared(scratch: Path) -> Iterator[None]:
    """The environment of the steps' processes: this Python, this package, a scratch folder that is removed.

    kfp writes sys.executable unquoted into a shell line, and into every other argument that holds the word python3, such
    as a path. So the name stays `python3` and the search path says which one that is.
    """
    before, executable = dict(os.environ), sys.executable
    package = str(Path(__file__).resolve().parent.parent)
    folder = Path(executable).parent
    if not (folder / "python3").exists():
        folder = scratch / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "python3").symlink_to(executable)
    os.environ.update(
        PATH=os.pathsep.join([str(folder), before.get("PATH", os.defpath)]),
        PYTHONPATH=os.pathsep.join(filter(None, [package, before.get("PYTHONPATH")])),
        TMPDIR=str(scratch),
        # Two steps may share a small machine with the estate; a linear model needs no thread pool.
        OMP_NUM_THREADS=before.get("OMP_NUM_THREADS", "1"),
        OPENBLAS_NUM_THREADS=before.get("OPENBLAS_NUM_THREADS", "1"),
    )
    sys.executable = "python3"
    try:
        yield
    finally:
        sys.executable = executable
        os.environ.clear()
        os.environ.update(before)


def outcome(request: Request, failure: str | None) -> dict[str, Any]:
    """A result that says nothing of a model yet."""
    made: dict[str, Any] = {
        "runId": request.run_id,
        "state": "failed" if failure else "succeeded",
        "blessed": False,
        "reasons": [],
        "version": None,
        "metrics": {},
        "trackingRunId": None,
    }
    return {**made, "error": failure} if failure else made


def result(request: Request, failure: str | None) -> dict[str, Any]:
    """The run's result, read from its artifacts."""
    made = outcome(request, failure)
    evaluated, registered = request.run_directory / "evaluate", request.run_directory / "register"
    if (evaluated / "blessing.json").exists():
        verdict = documents.read(Blessing, evaluated / "blessing.json")
        made |= {"blessed": verdict.blessed, "reasons": verdict.reasons}
        overall = documents.read(Metrics, evaluated / "metrics.json").overall
        made["metrics"] = {name: value for name, value in overall.items() if name != "rows"}
    if (registered / "registration.json").exists():
        ended = documents.read(Registration, registered / "registration.json")
        made |= {"reasons": ended.reasons, "version": ended.model_version, "trackingRunId": ended.tracking_run_id}
    return made


def own_group() -> None:
    """Makes a process group of this process and the steps' processes, which ends as one.

    Not at a terminal: there the shell has made one, and Ctrl-C reaches all of it.
    """
    if sys.stdin.isatty():
        return
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda *_: end_all())
    signal.signal(signal.SIGINT, lambda *_: end_all())


def end_with_stdin() -> None:
    """Ends this process and its children when stdin ends."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        end_all()

    threading.Thread(target=watch, daemon=True).start()


def end_all() -> None:
    """Ends the whole process group, this process included. Files are written at once or not at all, so nothing is half done."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> int:
    """Runs and tells."""
    request, watch_stdin = parse_arguments()
    lines, lock = sys.stdout, threading.Lock()

    def emit(event: Mapping[str, Any]) -> None:
        with lock:
            print(json.dumps(event), file=lines, flush=True)

    own_group()
    if watch_stdin:
        end_with_stdin()
    try:
        made = run(request, emit)
    except StepError as error:
        made = outcome(request, str(error))
    except OSError as error:
        made = outcome(request, ": ".join(str(part) for part in (error.strerror or error, error.filename) if part))
    if "error" in made:
        print(f"{PREFIX}{made['error']}", file=sys.stderr)
    emit({"event": "result", **made})
    return 1 if made["state"] == "failed" else 0


if __name__ == "__main__":
    sys.exit(main())
