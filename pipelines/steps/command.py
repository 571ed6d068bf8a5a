"""The command line of a step, made from its signature: `python -m steps.<step> --input PATH --output PATH --parameter VALUE`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from steps.errors import StepError
from steps.signature import Step, flag

PREFIX = "error: "
"""What the line with a step's error starts with."""


def parser(step: Step) -> argparse.ArgumentParser:
    """The parser of a step's command line. Inputs and outputs are paths and required; parameters have defaults."""
    made = argparse.ArgumentParser(prog=f"python -m {step.module}", description=step.doc, allow_abbrev=False)
    for name, file in step.inputs.items():
        made.add_argument(flag(name), required=True, type=Path, metavar="PATH", help=f"Input. {file.doc}".replace("%", "%%"))
    for name, file in step.outputs.items():
        made.add_argument(flag(name), required=True, type=Path, metavar="PATH", help=f"Output. {file.doc}".replace("%", "%%"))
    for name, parameter in step.parameters.items():
        shown = f"{parameter.doc} Default: {parameter.default!r}".replace("%", "%%")
        made.add_argument(flag(name), default=None, metavar="VALUE", help=shown)
    return made


def arguments(step: Step, argv: Sequence[str]) -> dict[str, Any]:
    """Reads a command line into the step function's arguments; all wrong values are told at once."""
    given = vars(parser(step).parse_args(list(argv)))
    wrong: list[str] = []
    values: dict[str, Any] = {}
    for name, raw in given.items():
        parameter = step.parameters.get(name)
        if parameter is None:
            values[name] = raw
            continue
        try:
            values[name] = parameter.parse(parameter.default, flag(name)) if raw is None else parameter.from_text(raw, flag(name))
        except StepError as error:
            wrong.append(str(error))
    if wrong:
        raise StepError("; ".join(wrong))
    values.pop("code_digest")
    for name in step.inputs:
        if not values[name].exists():
            raise StepError(f"{flag(name)}: {values[name]} does not exist")
    for name in step.outputs:
        values[name].parent.mkdir(parents=True, exist_ok=True)
    return values


def execute(step: Step, run: Callable[..., None], argv: Sequence[str]) -> None:
    """Runs a step; ends the process with code 1 and one line when the cause is outside the program."""
    try:
        run(**arguments(step, argv))
    except StepError as error:
        print(f"{PREFIX}{error}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None
    except OSError as error:
        words = ": ".join(str(part) for part in (step.name, error.strerror or error, error.filename) if part)
        print(f"{PREFIX}{words}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None


def main(module: str, argv: Sequence[str]) -> None:
    """Runs the command line of the step in this module, in this process."""
    loaded = importlib.import_module(module)
    execute(loaded.STEP, loaded.run, argv)
