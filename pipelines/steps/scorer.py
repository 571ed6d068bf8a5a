"""A model package as a function. The same one at training, evaluation and serving; numpy only, no data frame."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from steps.features import Transform

Row = dict[str, Any] | Sequence[Any]


class Scorer:
    """Predicts with a linear model.

    Args:
        schema: schema.json.
        transform: transform.json.
        model: model.json.
        manifest: manifest.json.
    """

    def __init__(
        self, schema: Mapping[str, Any], transform: Mapping[str, Any], model: Mapping[str, Any], manifest: Mapping[str, Any]
    ) -> None:
        self.manifest = dict(manifest)
        self.features: list[dict[str, Any]] = list(schema["features"])
        self._names = frozenset(feature["name"] for feature in self.features)
        self._transform = Transform(transform["columns"])
        self._coefficients = np.array(model["coefficients"], dtype=float)
        self._intercept = float(model["intercept"])
        order = [feature["name"] for feature in self.features]
        if self._transform.inputs != order:
            raise ValueError(f"transform.json takes {self._transform.inputs}, schema.json gives {order}")
        if self._transform.outputs != list(model["columns"]):
            raise ValueError(f"transform.json makes the columns {self._transform.outputs}, model.json is for {model['columns']}")
        if self._coefficients.shape != (len(self._transform.outputs),):
            raise ValueError(f"model.json has {len(model['columns'])} columns and {self._coefficients.size} coefficients")
        if not (np.isfinite(self._coefficients).all() and math.isfinite(self._intercept)):
            raise ValueError("model.json holds a number that is not finite")

    @classmethod
    def load(cls, path: str | Path) -> Scorer:
        """Loads a model package from a folder. Raises OSError or ValueError with the reason."""
        folder = Path(path)
        parts = []
        for name in ("schema", "transform", "model", "manifest"):
            part = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            if not isinstance(part, dict) or part.get("version") != 1:
                raise ValueError(f"{folder / name}.json: this program reads version 1")
            parts.append(part)
        if parts[2].get("kind") != "linear":
            raise ValueError(f"{folder / 'model.json'}: kind {parts[2].get('kind')!r}, this program reads linear")
        return cls(*parts)

    @property
    def project(self) -> str:
        """The project the model belongs to."""
        return str(self.manifest["project"])

    def predict(self, instances: Sequence[Row]) -> list[float]:
        """One prediction a row. Rows must have no `problems`."""
        predictions: list[float] = (self._transform.apply(instances) @ self._coefficients + self._intercept).tolist()
        return predictions

    def problems(self, instances: Sequence[Any]) -> list[str]:
        """What keeps rows from being scored, each with its place: wrong shape, missing or unknown names, wrong types.

        Ranges and domains are the data validation's business: a value never seen still deserves an answer.
        """
        found: list[str] = []
        for index, row in enumerate(instances):
            where = f"instances[{index}]"
            if isinstance(row, dict):
                if not row.keys() <= self._names:
                    found += [f"{where}.{name[:80]}: unknown feature" for name in row if name not in self._names]
                values = [row.get(feature["name"]) for feature in self.features]
            elif isinstance(row, (list, tuple)):
                if len(row) != len(self.features):
                    found.append(f"{where}: got {len(row)} values, wanted {len(self.features)}")
                    continue
                values = list(row)
            else:
                found.append(f"{where}: got {_kind(row)}, wanted an object or an array")
                continue
            for feature, value in zip(self.features, values, strict=True):
                problem = _problem(feature, value)
                if problem:
                    found.append(f"{where}.{feature['name']}: {problem}")
        return found


def _problem(feature: Mapping[str, Any], value: Any) -> str | None:
    if value is None:
        return "missing" if feature.get("required", True) else None
    if feature["type"] == "category":
        return None if isinstance(value, str) else f"got {_kind(value)}, wanted a string"
    # bool is an int in Python, not a number to a client.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"got {_kind(value)}, wanted a number"
    try:
        return None if math.isfinite(value) else "got a number that is not finite"
    except OverflowError:
        return "got a number too large"


def _kind(value: Any) -> str:
    names = {bool: "a boolean", str: "a string", int: "a number", float: "a number", dict: "an object", list: "an array"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
