"""The files that travel between steps, and from a pipeline to what serves its model: versioned JSON.

Every model here is one file format. Writing checks the value against it; so does reading. Their JSON Schemas stand in
`steps/schemas/` for programs in other languages (`python -m steps.contracts` writes them anew; a test fails when stale).
Numbers are finite: JSON has no NaN, and a model with one has no place in production.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class _Part(BaseModel):
    """A piece of a contract file: camelCase names, nothing unknown, no NaN or infinity."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid", allow_inf_nan=False, strict=True
    )


class Contract(_Part):
    """A contract file."""

    version: Literal[1] = 1


class Feature(_Part):
    """One column a model takes."""

    name: str = Field(min_length=1)
    type: Literal["number", "category"]
    required: bool = Field(default=True, description="A row without it is refused; otherwise it may be left out.")
    min: float | None = Field(default=None, description="Smallest value the data may hold.")
    max: float | None = Field(default=None, description="Largest value the data may hold.")
    domain: list[str | float] | None = Field(default=None, description="The only values the data may hold.")

    @model_validator(mode="after")
    def _some_value_fits(self) -> Feature:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}")
        return self


class Schema(Contract):
    """schema.json: what a model takes, in the order in which a row given as a list is read."""

    features: list[Feature] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_once(self) -> Schema:
        names = [feature.name for feature in self.features]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"feature {', '.join(twice)} stands twice")
        return self


class Target(_Part):
    """The column a model predicts."""

    name: str = Field(min_length=1)
    min: float | None = None
    max: float | None = None


class DataSchema(Schema):
    """A project's schema.json: the model's schema and the column to predict."""

    target: Target

    @model_validator(mode="after")
    def _target_apart(self) -> DataSchema:
        if self.target.name in {feature.name for feature in self.features}:
            raise ValueError(f"the target {self.target.name} is among the features: the model would be given the answer")
        return self

    def for_model(self) -> Schema:
        """Without the target: what goes into the model package."""
        return Schema(features=self.features)


class NumberStatistics(_Part):
    """One number column of the training rows."""

    name: str
    type: Literal["number"] = "number"
    count: int
    missing: int
    mean: float
    standard_deviation: float
    min: float
    max: float
    edges: list[float] = Field(description="Inner borders of the bins, ascending; n borders make n + 1 bins.")
    shares: list[float] = Field(description="Share of the rows in each bin; a value on a border is in the upper bin.")


class CategoryStatistics(_Part):
    """One category column of the training rows, or a number that takes few values."""

    name: str
    type: Literal["category"] = "category"
    count: int
    missing: int
    shares: dict[str, float] = Field(description="Share of the rows by value.")


ColumnStatistics = Annotated[NumberStatistics | CategoryStatistics, Field(discriminator="type")]


class Statistics(Contract):
    """statistics.json: the training rows a model saw; what drift is measured against."""

    rows: int
    columns: list[ColumnStatistics]


class Anomaly(_Part):
    """One thing that is wrong with the data."""

    column: str | None = Field(description="Null when it concerns the table.")
    kind: Literal[
        "missing-column", "unexpected-column", "wrong-type", "missing-value", "out-of-range", "unknown-value",
        "too-few-rows", "distribution",
    ]  # fmt: skip
    severity: Literal["stop", "warn"]
    message: str


class Anomalies(Contract):
    """anomalies.json: whether the data may be trained on."""

    go: bool
    anomalies: list[Anomaly]


class Standardize(_Part):
    """(value - mean) / scale; a missing value becomes the mean."""

    name: str
    kind: Literal["standardize"] = "standardize"
    mean: float
    scale: float = Field(gt=0)


class OneHot(_Part):
    """One column per level; a level never seen in training, or none, gives zeros."""

    name: str
    kind: Literal["onehot"] = "onehot"
    levels: list[str] = Field(min_length=1)


class TransformState(Contract):
    """transform.json: what was learnt from the training rows; the same at training and at serving."""

    columns: list[Annotated[Standardize | OneHot, Field(discriminator="kind")]] = Field(min_length=1)


class Candidate(_Part):
    """One tried value of the search space."""

    parameters: dict[str, float]
    score: float = Field(description="Mean squared error over the validation folds.")
    standard_error: float


class Search(Contract):
    """search.json: what tuning tried and chose."""

    rule: str
    candidates: list[Candidate] = Field(min_length=1)
    best: dict[str, float]


class LinearModel(Contract):
    """model.json: intercept + coefficients · transformed columns."""

    kind: Literal["linear"] = "linear"
    intercept: float
    coefficients: list[float]
    columns: list[str] = Field(description="Names of the transformed columns, in the order of the coefficients.")


class Metric(_Part):
    """What a model is judged by."""

    name: Literal["mse", "rmse", "mae", "r2"]
    direction: Literal["lower", "higher"]
    floor: float | None = Field(default=None, description="Worst value that may be released; null when there is none.")


class Manifest(Contract):
    """manifest.json of a model package: what it needs to be served."""

    project: str
    model: Literal["linear"] = "linear"
    python: str = Field(pattern=r"^\d+\.\d+$")
    packages: dict[str, str] = Field(description="Packages scoring needs, with the version that was trained with.")
    memory_mi_b: int = Field(default=256, alias="memoryMiB", description="Memory a server of it needs, in MiB.")
    accelerator: str | None = None
    metric: Metric
    target: str
    hyperparameters: dict[str, float | str] = {}


Instance = dict[str, float | str | None]


class Golden(Contract):
    """golden.json: rows with the predictions of the training library; scoring must give the same."""

    instances: list[Instance]
    predictions: list[float]


class Holdout(Contract):
    """holdout.json: labelled rows kept from training."""

    instances: list[Instance]
    labels: list[float]


class Slice(_Part):
    """Metrics of the rows in which a feature has one value."""

    feature: str
    value: str | float
    metrics: dict[str, float]


class Metrics(Contract):
    """metrics.json: a model on the holdout. `rows` is among the metrics."""

    overall: dict[str, float]
    slices: list[Slice] = []


class GateCheck(_Part):
    """One condition of the gate."""

    check: str
    passed: bool
    message: str


class Blessing(Contract):
    """blessing.json: whether a model may be registered."""

    blessed: bool
    reasons: list[str] = Field(min_length=1, description="Blessed: what it passed. Not blessed: only what it failed.")
    checks: list[GateCheck]
    champion: dict[str, float] | None = Field(default=None, description="The current model's metrics on the same holdout.")


class Source(Contract):
    """source.json: where a run's data came from."""

    source: str
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$", description="Of the whole dataset's bytes.")
    rows: int
    snapshot: str | None = Field(description="Where an unchangeable copy lies.")


class Registration(Contract):
    """registration.json: how a run ended."""

    registered: bool
    model_version: str | None
    reasons: list[str]
    tracking_run_id: str | None
    package_uri: str | None = None
    package_digest: str | None = None


FILES: dict[str, type[Contract]] = {
    "schema": Schema,
    "data-schema": DataSchema,
    "statistics": Statistics,
    "anomalies": Anomalies,
    "transform": TransformState,
    "search": Search,
    "model": LinearModel,
    "manifest": Manifest,
    "golden": Golden,
    "holdout": Holdout,
    "metrics": Metrics,
    "blessing": Blessing,
    "source": Source,
    "registration": Registration,
}
"""Every contract by the name of its file."""


def json_schemas() -> dict[str, str]:
    """File name → JSON Schema text of every contract."""
    return {
        f"{name}.json": json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema()}, indent=2) + "\n"
        for name, kind in FILES.items()
    }


if __name__ == "__main__":
    from steps.documents import write_text

    for file, content in json_schemas().items():
        write_text(Path(__file__).parent / "schemas" / file, content)
