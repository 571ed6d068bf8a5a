"""Takes the prediction log from a disk that is lost with the instance to a bucket.

Objects have the form of the local files, <project>/<yyyy-mm-dd>/<slot>-<instance>-<number>.jsonl, and never change.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from .place import Place
from .prediction_log import INTERVAL
from .stderr import say

#: Seconds between two looks for lines.
SHIP_EVERY = 30.0
#: Seconds until the log has noticed that its file is gone and writes to a new one: a write that was under way is over.
SETTLE = 4 * INTERVAL
#: Bytes that may wait for a bucket that does not answer; what comes on top pushes out the oldest.
MOST_WAITING = 32 * 1024 * 1024


class _Parcel(NamedTuple):
    name: str
    content: bytes


class LogShipper:
    """A thread that moves what the prediction log has written. A file's name is taken away first, then its content is read."""

    def __init__(self, directory: Path, target: Place) -> None:
        self._directory, self._target = directory, target
        self._instance = uuid4().hex[:12]
        self._number = 0
        self._waiting: deque[_Parcel] = deque()
        self._failing = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-shipper", daemon=True)

    def start(self) -> None:
        """Starts moving."""
        self._thread.start()

    def stop(self) -> None:
        """Moves what is left. The prediction log has stopped before."""
        self._stop.set()
        self._thread.join()
        self.ship(settle=0)

    def ship(self, settle: float = SETTLE) -> None:
        """Moves what is there now."""
        opened = []
        for file in sorted(self._directory.glob("*/*/*.jsonl")):
            opened.append((file, os.open(file, os.O_RDONLY)))
            file.unlink()
        if opened and settle:
            time.sleep(settle)
        for file, descriptor in opened:
            with os.fdopen(descriptor, "rb") as content:
                self._pack(file, content.read())
        self._send()

    def _run(self) -> None:
        while not self._stop.wait(SHIP_EVERY):
            try:
                self.ship()
            except Exception as error:  # The thread must live: without it the disk would fill up.
                say(f"prediction log: not moved: {error!r}")

    def _pack(self, file: Path, content: bytes) -> None:
        if not content:
            return
        self._number += 1
        project, day = file.parts[-3:-1]
        self._waiting.append(_Parcel(f"{project}/{day}/{file.stem}-{self._instance}-{self._number:06}.jsonl", content))
        while sum(len(parcel.content) for parcel in self._waiting) > MOST_WAITING and len(self._waiting) > 1:
            lost = self._waiting.popleft()
            say(f"prediction log: {len(lost.content)} bytes lost: the bucket has not answered for too long")

    def _send(self) -> None:
        while self._waiting:
            parcel = self._waiting[0]
            try:
                self._target.below(parcel.name).write(parcel.content)
            except OSError as error:
                if not self._failing:  # Once, not each time.
                    self._failing = True
                    say(f"prediction log: not moved, tried again later: {error}")
                return
            self._waiting.popleft()
            self._failing = False
