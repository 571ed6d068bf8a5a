"""Words for the process's log."""

from __future__ import annotations

import contextlib
import sys


def say(words: str) -> None:
    """Writes to stderr. Nobody may read it any more, as after a kill of the supervisor: that must end no thread and no request."""
    with contextlib.suppress(OSError, ValueError):
        print(words, file=sys.stderr, flush=True)
