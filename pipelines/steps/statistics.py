"""What a column looks like, and how far two samples of it are apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from steps.contracts import CategoryStatistics, DataSchema, NumberStatistics, Statistics
from steps.table import Table, number

BINS = 10
"""Bins of a number column: deciles of the training rows."""

FEW = 10
"""A number with no more different values than this is counted by value."""

SMALLEST_SHARE = 1e-4
"""Stands for an empty bin, whose logarithm would be infinite."""


def summarise(table: Table, schema: DataSchema) -> Statistics:
    """Statistics of every feature and of the target."""
    kinds = [(feature.name, feature.type) for feature in schema.features] + [(schema.target.name, "number")]
    present = [(name, kind) for name, kind in kinds if name in table.columns]
    return Statistics(rows=len(table), columns=[_column(name, kind, table.column(name)) for name, kind in present])


def _column(name: str, kind: str, texts: Sequence[str]) -> NumberStatistics | CategoryStatistics:
    known = [text for text in texts if text != ""]
    missing = len(texts) - len(known)
    if kind == "number":
        values = np.array([value for value in map(number, known) if value is not None], dtype=float)
        if len(np.unique(values)) > FEW:
            edges = borders(values)
            return NumberStatistics(
                name=name,
                count=len(values),
                missing=missing,
                mean=float(values.mean()),
                standard_deviation=float(values.std()),
                min=float(values.min()),
                max=float(values.max()),
                edges=edges.tolist(),
                shares=bin_shares(values, edges).tolist(),
            )
        known = [repr(float(value)) for value in values]
    counts = Counter(known)
    return CategoryStatistics(
        name=name,
        count=len(known),
        missing=missing,
        shares={value: counts[value] / len(known) for value in sorted(counts)},
    )


def borders(values: np.ndarray) -> np.ndarray:
    """Inner borders of about equally filled bins. Each lies halfway between two values, so that rounding moves no row."""
    distinct, counts = np.unique(values, return_counts=True)
    below = np.cumsum(counts)[:-1] / len(values)
    places = {int(np.argmin(np.abs(below - share))) for share in np.linspace(0, 1, BINS + 1)[1:-1]}
    return np.array([(distinct[place] + distinct[place + 1]) / 2 for place in sorted(places)])


def bin_shares(values: np.ndarray, edges: Sequence[float] | np.ndarray) -> np.ndarray:
    """Share of the values in each bin between the edges."""
    places = np.searchsorted(np.asarray(edges, dtype=float), values, side="right")
    return np.bincount(places, minlength=len(edges) + 1) / max(len(values), 1)


def psi(expected: Sequence[float], actual: Sequence[float]) -> float:
    """Population stability index of two distributions over the same bins: 0 equal, above 0.25 commonly read as a shift."""
    total = 0.0
    for was, now in zip(expected, actual, strict=True):
        was, now = max(was, SMALLEST_SHARE), max(now, SMALLEST_SHARE)
        total += (now - was) * math.log(now / was)
    return total


def drift(reference: NumberStatistics | CategoryStatistics, texts: Sequence[str]) -> float:
    """Population stability index of a column's texts against reference statistics."""
    known = [text for text in texts if text != ""]
    if isinstance(reference, NumberStatistics):
        values = np.array([value for value in map(number, known) if value is not None], dtype=float)
        return psi(reference.shares, bin_shares(values, reference.edges).tolist()) if len(values) else math.inf
    values_text = [repr(value) if (value := number(text)) is not None and text not in reference.shares else text for text in known]
    counts = Counter(values_text)
    levels = sorted({*reference.shares, *counts})
    if not known:
        return math.inf
    return psi([reference.shares.get(level, 0.0) for level in levels], [counts[level] / len(known) for level in levels])
