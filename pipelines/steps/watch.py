"""Follows kfp's local runner: tells of every step, remembers why one failed, keeps its artifacts with the run."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from steps.command import PREFIX

Emit = Callable[[Mapping[str, Any]], None]
"""Takes one event."""


class Tee:
    """Passes text on to stderr and remembers the last error line a step printed."""

    def __init__(self, to: TextIO) -> None:
        self._to = to
        self._line = ""
        self.error = ""
        self.last = ""

    def write(self, text: str) -> int:
        """Passes text on."""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            clean = line.strip()
            if clean.startswith(PREFIX):
                self.error = clean.removeprefix(PREFIX)
            if clean:
                self.last = clean
        return self._to.write(text)

    def flush(self) -> None:
        """Passes on what is buffered."""
        self._to.flush()

    def isatty(self) -> bool:
        """No colours."""
        return False


class StepWatcher:
    """Tells of every step as kfp's local runner executes it, and copies its artifacts to the run's folder.

    kfp 2.17 has no hook for this: its one function that executes a task is wrapped while a run lasts. A test holds that
    the function is still there.
    """

    def __init__(self, run_directory: Path, made: Path, emit: Emit, tee: Tee) -> None:
        """
        Args:
            run_directory: Where artifacts are copied to, `<step>/<output>`.
            made: Where kfp makes them.
            emit: Takes the events.
            tee: Where the steps' output goes.
        """
        self._run_directory = run_directory
        self._made = made
        self._emit = emit
        self._tee = tee
        self.failure: str | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watches while the block runs."""
        from kfp.local import task_dispatcher
        from kfp.local.orchestrator import task_executor

        execute_task, dispatch = task_executor.execute_single_task, task_dispatcher.run_single_task_implementation
        ran: set[str] = set()

        def watched_dispatch(*positional: Any, **named: Any) -> Any:
            ran.add(named["component_name"])
            return dispatch(*positional, **named)

        def watched(*positional: Any, **named: Any) -> Any:
            step, component = named["task_name"], named["task_spec"].component_ref.name
            ran.discard(component)
            self._tee.error = self._tee.last = ""
            self._emit({"event": "step", "step": step, "state": "started"})
            start = time.monotonic()
            outputs, status = execute_task(*positional, **named)
            seconds = round(time.monotonic() - start, 2)
            if status.name == "SUCCESS":
                self._copy(step, outputs)
                state = "succeeded" if component in ran else "cached"
                self._emit({"event": "step", "step": step, "state": state, "seconds": seconds})
            else:
                message = self._tee.error or self._tee.last or "it gave no reason"
                self.failure = f"{step}: {message}"
                self._copy_what_is_there(step)
                self._emit({"event": "step", "step": step, "state": "failed", "seconds": seconds, "message": message})
            return outputs, status

        task_executor.execute_single_task, task_dispatcher.run_single_task_implementation = watched, watched_dispatch
        try:
            yield
        finally:
            task_executor.execute_single_task, task_dispatcher.run_single_task_implementation = execute_task, dispatch

    def _copy(self, step: str, outputs: Mapping[str, Any]) -> None:
        for name, artifact in outputs.items():
            copy(Path(artifact.uri), self._run_directory / step / name)

    def _copy_what_is_there(self, step: str) -> None:
        for folder in self._made.glob(f"*/{step}"):
            for path in folder.iterdir():
                copy(path, self._run_directory / step / path.name)


def copy(source: Path, target: Path) -> None:
    """Copies a file or a folder; files without a suffix get the one their content has, to open well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.is_file():
        with source.open("rb") as file:
            suffix = target.suffix or (".json" if file.read(1) == b"{" else ".csv")
        shutil.copyfile(source, target.with_suffix(suffix))
