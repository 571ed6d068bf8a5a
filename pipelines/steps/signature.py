"""What a step is to the outside: one description from which its command line and its pipeline components are made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import Field

from steps.errors import StepError

Origin = Literal["setting", "project", "run"]


@dataclass(frozen=True)
class File:
    """An input or output of a step: a file or a folder.

    Args:
        doc: What it holds.
        kind: Name of KFP's artifact class: Dataset, Model, Metrics or Artifact.
    """

    doc: str
    kind: Literal["Dataset", "Model", "Metrics", "Artifact"] = "Artifact"


@dataclass(frozen=True)
class Parameter:
    """A value of a step.

    Args:
        type: Its type, as an annotation, with its range (`Annotated[int, Field(ge=1)]`). Unions and literals travel as strings.
        doc: What it is, with its unit.
        default: Used when it is not given.
        origin: `setting`: a person sets it in settings.yaml; `project`: a file of the project; `run`: whoever starts the run.
        setting: Dotted name in settings.yaml when it is shared with another step. Default: `<step>.<name in camelCase>`.
    """

    type: Any
    doc: str
    default: Any
    origin: Origin = "setting"
    setting: str | None = None

    @property
    def plain(self) -> type:
        """The type it has in a pipeline: str, int, float, bool, list or dict."""
        inner = get_args(self.type)[0] if get_origin(self.type) is Annotated else self.type
        base = get_origin(inner) or inner
        return base if base in (str, int, float, bool, list, dict) else str

    def parse(self, value: object, where: str) -> Any:
        """Checks a value from settings (typed) against the type; raises a StepError naming `where`."""
        from pydantic import ConfigDict, TypeAdapter, ValidationError

        if isinstance(value, float) and self.plain is int and value.is_integer():
            value = int(value)
        try:
            config = None if hasattr(self.type, "model_config") else ConfigDict(strict=True, allow_inf_nan=False)
            return TypeAdapter(self.type, config=config).validate_python(value)
        except ValidationError as error:
            raise StepError(f"{where}: {describe(error, value)}") from None

    def from_text(self, text: str, where: str) -> Any:
        """Reads a value from a command line."""
        return self.parse(self._typed(text, where), where)

    def _typed(self, text: str, where: str) -> object:
        if self.type is str:
            return text
        if self.plain is bool:
            lower = text.strip().lower()
            return {"true": True, "false": False}.get(lower, text)
        try:
            return json.loads(text)
        except ValueError:
            if self.plain in (list, dict):
                raise StepError(f"{where}: {text[:60]!r} is not JSON") from None
            return text


def describe(error: Any, value: object) -> str:
    """What was got and what is wanted, of a pydantic error."""
    wanted = "; ".join(dict.fromkeys(f"{at(e['loc'])}{e['msg']}" for e in error.errors()))
    return f"got {json.dumps(value, default=str)[:80]}; {wanted}"


def at(location: tuple[Any, ...]) -> str:
    """Where inside a list or mapping, of a pydantic location."""
    inside = [str(part) for part in location if isinstance(part, int) or str(part).isidentifier() and part not in ("str", "float", "int")]
    return f"at {'.'.join(inside)}: " if inside and any(isinstance(part, int) for part in location) else ""


def text(value: object) -> str:
    """A value as it stands on a command line; the inverse of `Parameter.from_text`."""
    return value if isinstance(value, str) else json.dumps(value)


def camel(name: str) -> str:
    """min_rows → minRows."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


Seed = Annotated[int, Field(ge=0, lt=2**32)]
"""What NumPy and scikit-learn take as a seed."""

CODE_DIGEST = Parameter(str, "Digest of the code and libraries of the run; a cached result of other code is not used.", "", origin="run")


@dataclass(frozen=True)
class Step:
    """The signature of a step.

    Args:
        name: Also the module's name.
        doc: What it does, in one sentence.
        cached: Whether a result may be used again when nothing it depends on has changed.
        module: Where its command line is. Default: `steps.<name>`.
    """

    name: str
    doc: str
    inputs: dict[str, File]
    outputs: dict[str, File]
    parameters: dict[str, Parameter]
    cached: bool = True
    module: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "module", self.module or f"steps.{self.name}")
        object.__setattr__(self, "parameters", {**self.parameters, "code_digest": CODE_DIGEST})

    def setting(self, parameter: str) -> str:
        """Dotted name of a parameter in settings.yaml."""
        return self.parameters[parameter].setting or f"{self.name}.{camel(parameter)}"

    def pipeline_parameter(self, parameter: str) -> str:
        """Name of the pipeline's parameter that feeds this one."""
        if self.parameters[parameter].origin != "setting":
            return parameter
        section, key = self.setting(parameter).split(".")
        return f"{section}_{snake(key)}"


def snake(name: str) -> str:
    """minRows → min_rows."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def flag(name: str) -> str:
    """min_rows → --min-rows."""
    return "--" + name.replace("_", "-")


def is_literal(annotation: Any) -> bool:
    """Whether a type lists its values."""
    return get_origin(annotation) is Literal or any(is_literal(part) for part in get_args(annotation))
