"""What a scoring process is told to serve: the slot file, written by a release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse


class SlotError(ValueError):
    """The slot file cannot be used. The text names every problem."""


@dataclass(frozen=True)
class ModelRef:
    """A model version and where its package lies."""

    project: str
    version: str
    uri: str
    digest: str

    @property
    def folder(self) -> Path:
        """The package's folder; `uri` is a path or a file: address."""
        return Path(unquote(urlparse(self.uri).path)) if self.uri.startswith("file:") else Path(self.uri)


@dataclass(frozen=True)
class Drill:
    """Faults put in on purpose, to rehearse a rollback."""

    #: Added to every answer.
    latency_ms: float = 0.0
    #: Share of requests answered with 500.
    error_rate: float = 0.0


@dataclass(frozen=True)
class Logging:
    """How predictions are logged. Nothing is logged unless told."""

    #: Share of requests that are logged, 0 to 1.
    sample: float = 0.0
    retention_days: int = 90
    #: Names of inputs that are left out.
    redact: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A slot file. Without one, or with an empty one, nothing is released here yet."""

    model: ModelRef | None = None
    drill: Drill | None = None
    logging: Logging = field(default_factory=Logging)


def read_slot(path: str | Path) -> Slot:
    """Reads a slot file; a missing one is an empty slot. Raises SlotError with every problem at once."""
    try:
        text = Path(path).read_bytes()
    except FileNotFoundError:
        return Slot()
    except OSError as error:
        raise SlotError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SlotError(f"{path}: is not JSON: {error}") from error
    problems: list[str] = []
    sections = _Section("", document, problems)
    model, drill, logging = sections.part("model"), sections.part("drill"), sections.part("logging")
    slot = Slot(
        model and ModelRef(model.text("project"), model.text("version"), model.text("uri"), model.text("digest")),
        drill and Drill(drill.number("latencyMs", 0, 600_000, 0), drill.number("errorRate", 0, 1, 0)),
        Logging()
        if logging is None
        else Logging(
            logging.number("sample", 0, 1, 0),
            int(logging.number("retentionDays", 1, 36_500, 90)),
            logging.texts("redact"),
        ),
    )
    if problems:
        raise SlotError(f"{path}: {'; '.join(problems)}")
    return slot


class _Section:
    """One object of the file; collects what is wrong with it."""

    def __init__(self, name: str, value: Any, problems: list[str]) -> None:
        self._name, self._problems = name, problems
        self._value: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            problems.append(f"{name or 'the file'} is not an object")

    def part(self, key: str) -> _Section | None:
        value = self._value.get(key)
        return None if value is None else _Section(key, value, self._problems)

    def text(self, key: str) -> str:
        value = self._value.get(key)
        if isinstance(value, str) and value and value.isascii() and value.isprintable():
            return value
        # A path may hold any character; the other values travel in HTTP headers.
        if key == "uri" and isinstance(value, str) and value:
            return value
        self._problems.append(f"{self._name}.{key} is {json.dumps(value)}, wanted a text of printable ASCII characters")
        return ""

    def number(self, key: str, low: float, high: float, default: float) -> float:
        value = self._value.get(key, default)
        value = default if value is None else value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._problems.append(f"{self._name}.{key} is {json.dumps(value)}, wanted a number from {low} to {high}")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._value.get(key) or []
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._problems.append(f"{self._name}.{key} is {json.dumps(value)}, wanted a list of texts")
        return ()
