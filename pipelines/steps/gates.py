"""The gate: whether a model is good enough to be registered. A pure function of two scores and a policy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from steps.contracts import Blessing, GateCheck, Slice, _Part

MetricName = Literal["mse", "rmse", "mae", "r2"]

DIRECTION: Mapping[str, Literal["lower", "higher"]] = {"mse": "lower", "rmse": "lower", "mae": "lower", "r2": "higher"}
"""Which way a metric is better."""


class SliceFloor(_Part):
    """What a model must reach for every value of a feature."""

    feature: str
    floor: float = Field(description="Worst value of the metric that passes.")


def regression_metrics(labels: Sequence[float], predictions: Sequence[float]) -> dict[str, float]:
    """mse, rmse, mae, rows, and r2 where the labels differ at all."""
    truth, guess = np.array(labels, dtype=float), np.array(predictions, dtype=float)
    errors = guess - truth
    mse = float(np.mean(errors**2))
    spread = float(np.mean((truth - truth.mean()) ** 2))
    metrics = {"mse": mse, "rmse": math.sqrt(mse), "mae": float(np.mean(np.abs(errors)))}
    if spread > 0:
        metrics["r2"] = 1 - mse / spread
    return {**metrics, "rows": float(len(truth))}


def decide(
    metric: MetricName,
    candidate: Mapping[str, float],
    slices: Sequence[Slice],
    champion: Mapping[str, float] | None,
    floor: float,
    slice_floors: Sequence[SliceFloor],
    min_delta: float,
) -> Blessing:
    """Blessed = at or above the floor AND better than the champion by more than `min_delta` AND every slice at or above its floor.

    Args:
        champion: The current model's metrics on the same holdout; None when there is no current model.
        floor: Worst value of the metric that passes; for a metric of errors it is an upper bound.
        min_delta: In units of the metric. Equal is not better, even with 0.
    """
    value = candidate.get(metric, math.nan)
    checks = [_reaches("floor", metric, value, floor), _better(metric, value, champion, min_delta)]
    for wanted in slice_floors:
        group = [part for part in slices if part.feature == wanted.feature]
        if not group:
            checks.append(GateCheck(check=f"slice {wanted.feature}", passed=False, message=f"no holdout row has feature {wanted.feature}"))
        for part in group:
            name = f"slice {part.feature}={_short(part.value)}"
            checks.append(_reaches(name, metric, part.metrics.get(metric, math.nan), wanted.floor))
    failed = [check.message for check in checks if not check.passed]
    return Blessing(
        blessed=not failed,
        reasons=failed or [check.message for check in checks],
        checks=checks,
        champion=None if champion is None else {name: score for name, score in champion.items() if math.isfinite(score)},
    )


def _reaches(check: str, metric: str, value: float, floor: float) -> GateCheck:
    lower = DIRECTION[metric] == "lower"
    # Written so that NaN passes neither way.
    passed = math.isfinite(value) and (value <= floor if lower else value >= floor)
    sign = ("<=" if lower else ">=") if passed else ("is not <=" if lower else "is not >=")
    return GateCheck(check=check, passed=passed, message=f"{check}: {metric} {value:.4g} {sign} {floor:.4g}")


def _better(metric: str, value: float, champion: Mapping[str, float] | None, min_delta: float) -> GateCheck:
    if champion is None:
        return GateCheck(check="better", passed=True, message="better: first model, there is no current one to compare with")
    current = champion.get(metric, math.nan)
    gain = current - value if DIRECTION[metric] == "lower" else value - current
    if not math.isfinite(gain):
        message = f"better: {metric} cannot be compared: the model's is {value:.6g}, the current model's {current:.6g}"
        return GateCheck(check="better", passed=False, message=message)
    passed = gain > min_delta
    words = "better than" if gain > 0 else "equal to" if gain == 0 else "worse than"
    amount = "" if gain == 0 else f" by {abs(gain):.4g}"
    return GateCheck(
        check="better",
        passed=passed,
        message=f"better: {metric} {value:.6g} is {words} the current model's {current:.6g}{amount}; wanted more than {min_delta:.4g}",
    )


def _short(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
