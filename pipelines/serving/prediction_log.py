"""Writes inputs and predictions to day folders without ever holding up a request.

One JSON object a line, one line a prediction, in <directory>/<project>/<yyyy-mm-dd>/<slot>.jsonl (UTC).
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import random
from typing import Any, NamedTuple

import orjson

from .metrics import Metrics
from .slot import Logging, ModelRef
from .stderr import say

#: Seconds between two writes.
INTERVAL = 0.2
#: Seconds between two looks for folders that are too old.
SWEEP = 3600.0
#: Rows in one write: what a disk that fills up costs at most.
CHUNK = 256


class _Entry(NamedTuple):
    """The lines of one request."""

    day: date
    lines: bytes
    rows: int


class PredictionLog:
    """A bounded queue and the thread that empties it. `record` belongs to the event loop, all else to that thread.

    `record` makes the lines, so that the thread does little but wait for the disk: were the thread to make them, all that
    is asked in that time would wait for the interpreter, which only one of them can have.

    What does not fit into the queue or onto the disk is dropped and counted. Whole lines only: a write that fails half way
    is taken back.
    """

    def __init__(
        self,
        directory: str | Path,
        slot: str,
        model: ModelRef | None,
        names: Sequence[str],
        settings: Logging,
        metrics: Metrics,
        capacity: int = 20_000,
    ) -> None:
        self._directory, self._slot, self._model = Path(directory), slot, model
        self._settings, self._metrics, self._capacity = settings, metrics, capacity
        self._names = names
        self._hidden = frozenset(settings.redact)
        self._queue: deque[_Entry] = deque()
        # Two counters with one writer each need no lock.
        self._accepted = 0
        self._taken = 0
        self._day: date | None = None
        self._file = -1
        self._failing = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prediction-log", daemon=True)

    def start(self) -> None:
        """Starts writing, and removes what is past its retention."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Writes what is left and ends the thread."""
        self._stop.set()
        self._thread.join(timeout)

    def record(self, request_id: str, instances: Sequence[Any], predictions: Sequence[float]) -> None:
        """Takes in one request, or leaves it out by the sample share. Never waits."""
        share = self._settings.sample
        # Not by the request id: that decides the canary, and the sample would hold one slot's requests only.
        if share <= 0 or (share < 1 and random() >= share):
            return
        rows = len(instances)
        if self._accepted - self._taken + rows > self._capacity:
            self._metrics.dropped.labels("queue").inc(rows)
            return
        self._accepted += rows
        moment = datetime.now(UTC)
        stamp = moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
        lines = [
            self._line(stamp, request_id, index, instance, predictions[index]) for index, instance in enumerate(instances)
        ]
        self._queue.append(_Entry(moment.date(), b"".join(lines), rows))

    def _run(self) -> None:
        swept = -SWEEP
        while True:
            last = self._stop.wait(INTERVAL)
            try:
                self._drain()
            except Exception as error:  # The thread must live: without it nothing would ever be logged again.
                say(f"prediction log: lines lost: {error!r}")
            if time.monotonic() - swept >= SWEEP and not last:
                swept = time.monotonic()
                remove_expired(self._directory, self._settings.retention_days)
            if last:
                break
        if self._file >= 0:
            os.close(self._file)

    def _drain(self) -> None:
        batch: list[_Entry] = []
        rows = 0
        while self._queue:
            entry = self._queue.popleft()
            self._taken += entry.rows
            if batch and (entry.day != batch[0].day or rows + entry.rows > CHUNK):
                self._write(batch)
                batch, rows = [], 0
            batch.append(entry)
            rows += entry.rows
        if batch:
            self._write(batch)

    def _line(self, stamp: str, request_id: str, index: int, instance: Any, prediction: float) -> bytes:
        named = instance if isinstance(instance, dict) else dict(zip(self._names, instance))
        if self._hidden:
            named = {name: value for name, value in named.items() if name not in self._hidden}
        model = self._model
        return orjson.dumps(
            {
                "time": stamp,
                "requestId": request_id,
                "index": index,
                "project": model.project if model else None,
                "modelVersion": model.version if model else None,
                "slot": self._slot,
                "inputs": named,
                "prediction": prediction,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )

    def _write(self, batch: list[_Entry]) -> None:
        data = b"".join(entry.lines for entry in batch)
        rows = sum(entry.rows for entry in batch)
        try:
            self._open(batch[0].day)
            before = os.lseek(self._file, 0, os.SEEK_END)
            try:
                written = os.write(self._file, data)
            except OSError:
                written = 0
                raise
            finally:
                if written != len(data):
                    os.ftruncate(self._file, before)
            if written != len(data):
                raise OSError(f"{written} of {len(data)} bytes written: no space left")
        except OSError as error:
            self._metrics.dropped.labels("disk").inc(rows)
            if not self._failing:  # Once, not once a write: a full disk needs no more lines.
                self._failing = True
                say(f"prediction log: cannot write to {self._directory}: {error}")
            return
        self._metrics.logged.inc(rows)
        if self._failing:
            self._failing = False
            say("prediction log: writes again")

    def _open(self, day: date) -> None:
        folder = self._directory / (self._model.project if self._model else "none") / str(day)
        if day == self._day and self._file >= 0:
            # Somebody may have cleared the folder away: a file without a name would swallow everything.
            if os.fstat(self._file).st_nlink > 0:
                return
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self._slot}.jsonl"
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        self._day = day
        size = os.fstat(self._file).st_size
        # A process killed while writing leaves half a line; the next one must not be glued to it.
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")


def remove_expired(directory: str | Path, retention_days: int, today: date | None = None) -> list[Path]:
    """Removes day folders older than this many days, of every project; gives the removed ones.

    @default today in UTC. Folders with other names, and files, are left alone.
    """
    oldest = (today or datetime.now(UTC).date()) - timedelta(days=retention_days)
    removed = []
    for folder in Path(directory).glob("*/????-??-??"):
        try:
            day = date.fromisoformat(folder.name)
        except ValueError:
            continue
        if day < oldest and folder.is_dir() and not folder.is_symlink():
            # Another slot's process may be removing the same folder.
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed
