"""Reads and writes contract files; both check what they carry."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from steps.contracts import Contract
from steps.errors import StepError

C = TypeVar("C", bound=Contract)


def problems(error: ValidationError) -> str:
    """All of a validation error's problems on one line."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in error.errors())


def whole(value: object) -> object:
    """The same data with 1.0 as 1: pipelines carry every number as a double. A float field takes either."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    return {key: whole(item) for key, item in value.items()} if isinstance(value, dict) else value


def parse(kind: type[C], value: object, where: str) -> C:
    """Checks plain data against a contract. `where` names it in the error."""
    try:
        return kind.model_validate(whole(value))
    except ValidationError as error:
        raise StepError(f"{where} is not a {kind.__name__} file: {problems(error)}") from None


def read(kind: type[C], path: Path) -> C:
    """Reads and checks a contract file."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StepError(f"{path} is missing", "The step that writes it has not run") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StepError(f"{path} cannot be read as JSON: {error}") from None
    return parse(kind, value, str(path))


def write(path: Path, value: Contract) -> None:
    """Checks and writes a contract file: at once or not at all, the same bytes for the same value."""
    checked = type(value).model_validate(value.model_dump(by_alias=True))
    text = checked.model_dump(mode="json", by_alias=True)
    write_text(path, json.dumps(text, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Writes a file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
