"""A project's settings: settings.yaml beside its pipeline, with values overridden by dotted names.

What may stand in the file follows from the signatures of the steps: a section per step, a key per parameter. Nothing
unknown is accepted, and a value has exactly the type that the step takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from steps.errors import StepError, nearest
from steps.signature import Parameter, Step

VERSION = 1


def known(steps: Sequence[Step]) -> dict[str, Parameter]:
    """Every setting of these steps by its dotted name."""
    return {step.setting(name): parameter for step in steps for name, parameter in step.parameters.items() if parameter.origin == "setting"}


def load(file: Path, steps: Sequence[Step], overrides: Mapping[str, object]) -> dict[str, Any]:
    """Dotted name → value of every setting: overrides, else the file, else the step's default. All problems at once.

    Args:
        file: settings.yaml.
        overrides: Dotted name → value.
    """
    allowed = known(steps)
    wrong: list[str] = []
    values = {name: parameter.default for name, parameter in allowed.items()}
    for origin, given in ((str(file), read(file)), ("parameter", dict(overrides))):
        for name, value in given.items():
            where = f"{origin}: {name}"
            if name not in allowed:
                wrong.append(f"{where} is not a setting. {nearest(name, list(allowed))}")
                continue
            try:
                allowed[name].parse(value, where)
            except StepError as error:
                wrong.append(str(error))
            values[name] = value
    if wrong:
        raise StepError("; ".join(wrong))
    return {name: plain(allowed[name], value) for name, value in values.items()}


def plain(parameter: Parameter, value: Any) -> Any:
    """A checked value in the type it has in a pipeline."""
    if parameter.plain is str:
        return value if isinstance(value, str) else repr(value)
    return parameter.plain(value)


def read(file: Path) -> dict[str, Any]:
    """Dotted name → value, as written in a settings file."""
    import yaml

    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=_strict(yaml))
    except FileNotFoundError:
        raise StepError(f"{file} is missing", "Every project has one; copy another project's") from None
    except UnicodeDecodeError as error:
        raise StepError(f"{file} is not UTF-8 text: byte {error.start}") from None
    except RecursionError:
        raise StepError(f"{file} is nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
        raise StepError(f"{where}: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(document, dict):
        raise StepError(f"{file}: got no settings, wanted `version: {VERSION}` and a section per step")
    if document.pop("version", None) != VERSION:
        raise StepError(f"{file}: version: wanted {VERSION}")
    flat: dict[str, Any] = {}
    for section, content in document.items():
        if not isinstance(content, dict):
            raise StepError(f"{file}: {section}: got {content!r}, wanted a section of settings")
        flat.update({f"{section}.{key}": value for key, value in content.items()})
    return flat


def _strict(yaml: Any) -> Any:
    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Refuses a key that stands twice, of which YAML would keep the last."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, "a name must be a text", key.start_mark)
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands twice", key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

    return Loader
