"""A project's folder: pipeline.py, settings.yaml, schema.json, baseline.json."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import digests, documents, settings
from steps.contracts import DataSchema, Statistics
from steps.errors import StepError
from steps.factory import Definition, Kind

DEFAULT_IMAGE = "mlops-steps:local"
"""Stands for the steps' image until a build names the one it pushed."""


@dataclass(frozen=True)
class Project:
    """One ML product: its pipeline, settings, schema and baseline."""

    name: str
    directory: Path
    definition: Definition
    settings: Mapping[str, Any]
    files: Mapping[str, Any]

    def code_digest(self) -> str:
        """Digest of the step package's and the project's code; the same on every machine."""
        return digests.of_code(Path(__file__).parent, self.directory)

    def pipeline_parameters(self) -> dict[str, Any]:
        """Pipeline parameters known from the project alone: settings, files, the digest of the code."""
        values = {**self.files, "project": self.name, "code_digest": self.code_digest()}
        for step in self.definition.signatures.values():
            for parameter in step.parameters:
                if step.parameters[parameter].origin == "setting":
                    values[step.pipeline_parameter(parameter)] = self.settings[step.setting(parameter)]
        return {name: value for name, value in values.items() if name in self.definition.parameters()}

    def build(self, kind: Kind, image: str = DEFAULT_IMAGE) -> Any:
        """The KFP pipeline with the project's values as defaults."""
        try:
            return self.definition.build(kind, self.name, self.pipeline_parameters(), image)
        except Exception as error:
            # Whatever KFP makes of a step that is joined wrongly; the words are its own.
            raise StepError(f"{self.directory / 'pipeline.py'} joins steps wrongly: {type(error).__name__}: {error}") from error


def load(directory: Path, overrides: Mapping[str, object] | None = None) -> Project:
    """Reads a project's folder. Its name is the folder's.

    Args:
        overrides: Dotted setting → value, over settings.yaml.
    """
    folder = directory.resolve()
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,62}", folder.name):
        raise StepError(f"{folder.name} is no project name: wanted small letters, digits and hyphens, a letter first")
    definition = _definition(folder / "pipeline.py")
    values = settings.load(folder / "settings.yaml", list(definition.signatures.values()), overrides or {})
    if "extract.source" in values:
        values["extract.source"] = _beside(values["extract.source"], folder)
    schema = documents.read(DataSchema, folder / "schema.json")
    files = {"schema": schema.model_dump(mode="json", by_alias=True, exclude_none=True), "baseline": {}}
    if (folder / "baseline.json").exists():
        files["baseline"] = documents.read(Statistics, folder / "baseline.json").model_dump(mode="json", by_alias=True)
    return Project(folder.name, folder, definition, values, files)


def _beside(source: str, folder: Path) -> str:
    """A relative path is relative to the project; an address or a data set's name stays as it is."""
    return source if re.match(r"[a-z][a-z0-9+.-]+:", source) else str((folder / source).resolve())


def _definition(file: Path) -> Definition:
    if not file.is_file():
        raise StepError(f"{file} is missing", "A project's folder holds pipeline.py; see projects/diabetes")
    spec = importlib.util.spec_from_file_location(f"project_{file.parent.name.replace('-', '_')}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except StepError as error:
        raise StepError(f"{file}: {error}") from None
    except Exception as error:
        raise StepError(f"{file} cannot be loaded: {type(error).__name__}: {error}") from error
    found = [value for value in vars(module).values() if isinstance(value, Definition)]
    if len(found) != 1:
        raise StepError(f"{file} holds {len(found)} functions marked @pipeline(), wanted one")
    return found[0]


def overrides(file: Path | None) -> dict[str, object]:
    """Reads a JSON file of dotted settings."""
    if file is None:
        return {}
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StepError(f"{file} cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise StepError(f'{file}: wanted an object of dotted settings, such as {{"train.alpha": 0.4}}')
    return value
