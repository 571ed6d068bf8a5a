"""Errors that people read."""

from __future__ import annotations


class StepError(Exception):
    """A cause outside the program: data, settings, a server. Printed as one line, without a stack trace."""

    def __init__(self, message: str, fix: str | None = None) -> None:
        """
        Args:
            message: What was got and what is wanted, in one sentence, without a full stop.
            fix: What to do about it.
        """
        super().__init__(f"{message}. {fix}" if fix else message)
        self.message = message
        self.fix = fix


def nearest(word: str, known: list[str]) -> str:
    """` Did you mean x?`, or the list of what is known when nothing is near."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}"
