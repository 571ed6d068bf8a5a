"""One transform for training and for serving: learnt from training rows, kept as plain data, applied by numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from steps.contracts import Instance, OneHot, Schema, Standardize, TransformState
from steps.errors import StepError

Scaling = Literal["center", "standardize"]
"""`center`: subtract the mean (for features that are scaled already). `standardize`: and divide by the standard deviation."""


def fit(instances: Sequence[Instance], schema: Schema, numbers: Scaling) -> TransformState:
    """Learns the transform from training rows.

    A column without variance gets scale 1: it becomes zero, never a division by zero.
    """
    columns: list[Standardize | OneHot] = []
    for feature in schema.features:
        known = [row[feature.name] for row in instances if row.get(feature.name) is not None]
        if not known:
            raise StepError(f"feature {feature.name} has no value in any training row", "Take it out of schema.json")
        if feature.type == "category":
            columns.append(OneHot(name=feature.name, levels=sorted({str(value) for value in known})))
            continue
        values = np.array(known, dtype=float)
        mean = float(values.mean())
        # The spread of a constant column is rounding noise of the size of its values, not exactly zero.
        spread = float(values.std())
        constant = spread <= 1e-12 * max(abs(mean), 1e-300)
        columns.append(Standardize(name=feature.name, mean=mean, scale=1.0 if numbers == "center" or constant else spread))
    return TransformState(columns=columns)


class Transform:
    """Turns rows into the numbers a model takes. Holds no reference to the training data."""

    def __init__(self, columns: Sequence[Mapping[str, Any]]) -> None:
        """
        Args:
            columns: The `columns` of transform.json.
        """
        self.inputs: list[str] = [column["name"] for column in columns]
        self.outputs: list[str] = []
        """Names of the transformed columns, in their order."""
        self._places: list[int] = []
        self._targets: list[int] = []
        self._levels: list[tuple[int, dict[Any, int]]] = []
        means: list[float] = []
        scales: list[float] = []
        for place, column in enumerate(columns):
            width = len(self.outputs)
            if column["kind"] == "standardize":
                self._places.append(place)
                self._targets.append(width)
                means.append(column["mean"])
                scales.append(column["scale"])
                self.outputs.append(column["name"])
            else:
                self._levels.append((place, {level: width + index for index, level in enumerate(column["levels"])}))
                self.outputs += [f"{column['name']}={level}" for level in column["levels"]]
        self._means = np.array(means, dtype=float)
        self._scales = np.array(scales, dtype=float)

    @classmethod
    def of(cls, state: TransformState) -> Transform:
        """The transform with this state."""
        return cls([column.model_dump() for column in state.columns])

    def apply(self, instances: Sequence[dict[str, Any] | Sequence[Any]]) -> np.ndarray:
        """Rows × transformed columns. A row is a mapping by name, or a list in the schema's order.

        A missing number becomes the training mean; a missing or unknown level becomes zeros.
        """
        rows = [[row.get(name) for name in self.inputs] if isinstance(row, dict) else row for row in instances]
        if not self._levels:
            return self._scaled(rows)
        out = np.zeros((len(rows), len(self.outputs)))
        if self._places:
            out[:, self._targets] = self._scaled([[row[place] for place in self._places] for row in rows])
        for place, levels in self._levels:
            for index, row in enumerate(rows):
                target = levels.get(row[place])
                if target is not None:
                    out[index, target] = 1.0
        return out

    def _scaled(self, rows: Sequence[Sequence[Any]]) -> np.ndarray:
        scaled: np.ndarray = (np.array(rows, dtype=float).reshape(len(rows), len(self._places)) - self._means) / self._scales
        # None became NaN; the mean of a scaled column is zero. Not np.nan_to_num: it costs as much as all the rest here.
        missing = np.isnan(scaled)
        if missing.any():
            scaled[missing] = 0.0
        return scaled
