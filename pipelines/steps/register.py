"""Registration: a blessed model becomes a version in the model registry; any other run ends with the reasons."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from steps import documents, package
from steps.contracts import Blessing, DataSchema, Holdout, Manifest, Metrics, Registration, Source
from steps.errors import StepError
from steps.signature import File, Parameter, Step
from steps.table import instances, labels, read_csv
from steps.transform import SCHEMA

STEP = Step(
    name="register",
    doc="Registers the model when it is blessed, and records the run in the experiment tracker either way.",
    inputs={
        "model": File("Folder of the trained model.", "Model"),
        "golden": File("Rows with the training library's own predictions, JSON."),
        "holdout": File("Rows kept from training, CSV.", "Dataset"),
        "statistics": File("What the training rows look like, JSON."),
        "metrics": File("Metrics overall and by slice, JSON.", "Metrics"),
        "blessing": File("Whether the model may be registered, JSON."),
        "origin": File("Where the data came from, JSON."),
        "search": File("What tuning tried, JSON."),
    },
    outputs={"registration": File("How the run ended, JSON.")},
    parameters={
        "project": Parameter(str, "Name of the registered model.", "", origin="project"),
        "schema": SCHEMA,
        "packages": Parameter(str, "Folder that keeps model packages under their digest.", "", origin="run"),
        "run_id": Parameter(str, "Id of the run.", "", origin="run"),
        "reason": Parameter(str, "Why the run was started.", "manual", origin="run"),
        "git_commit": Parameter(str, "Commit the run was made from.", "", origin="run"),
        "tracking_uri": Parameter(str, "MLflow server. Empty for the one MLFLOW_TRACKING_URI names.", "", origin="run"),
        "force": Parameter(bool, "Registers a model that is not blessed, to rehearse a rollback. Never for production.", False),
    },
    # A registration is an effect: a cached one would register nothing.
    cached=False,
)


def run(
    model: Path,
    golden: Path,
    holdout: Path,
    statistics: Path,
    metrics: Path,
    blessing: Path,
    origin: Path,
    search: Path,
    registration: Path,
    project: str,
    schema: dict[str, Any],
    packages: str,
    run_id: str,
    reason: str,
    git_commit: str,
    tracking_uri: str,
    force: bool,
) -> None:
    """Records the run; registers the model when it may be."""
    from steps.registry import Tracker, require_address

    verdict = documents.read(Blessing, blessing)
    forced = force and not verdict.blessed
    scored = documents.read(Metrics, metrics)
    hyperparameters = documents.read(Manifest, model / "manifest.json").hyperparameters
    data = documents.read(Source, origin)
    tags = {
        "git.commit": git_commit,
        "data.digest": data.digest,
        "run.id": run_id,
        "run.reason": reason,
        "blessed": str(verdict.blessed).lower(),
        **({"forced": "true"} if forced else {}),
    }
    ended = Registration(registered=False, model_version=None, reasons=verdict.reasons, tracking_run_id=None)
    with Tracker.at(require_address(tracking_uri)) as tracker:
        ended.tracking_run_id = tracking = tracker.run(project, run_id, tags | source_tags(project, git_commit))
        tracker.log(tracking, hyperparameters, scored.overall | slice_scores(scored))
        tracker.dataset(tracking, data)
        tracker.files(tracking, [metrics, blessing, statistics, origin, search], "pipeline")
        if verdict.blessed or force:
            folder, digest = store(model, golden, holdout, statistics, metrics, schema, Path(packages), project)
            tracker.folder(tracking, folder, "model")
            tags |= {f"param.{name}": str(value) for name, value in hyperparameters.items()}
            tags |= {f"metric.{name}": repr(value) for name, value in scored.overall.items()}
            tags |= {"package.uri": str(folder), "package.digest": digest}
            version = tracker.register(project, tracking, f"Run {run_id}: {'; '.join(verdict.reasons)}", tags)
            note = [f"registered as version {version} all the same: register.force is set"] if forced else []
            ended.registered, ended.model_version, ended.reasons = True, version, verdict.reasons + note
            ended.package_uri, ended.package_digest = str(folder), digest
        tracker.end(tracking)
    documents.write(registration, ended)


def source_tags(project: str, git_commit: str) -> dict[str, str]:
    """What MLflow's own pages show as a run's source and version."""
    commit = {"mlflow.source.git.commit": git_commit} if git_commit else {}
    return {"mlflow.source.name": project, "mlflow.source.type": "PROJECT", **commit}


def slice_scores(scored: Metrics) -> dict[str, float]:
    """Metrics by slice under names that MLflow takes, such as `slice/city/Seoul/mse`; its pages group them by the slashes."""
    made: dict[str, float] = {}
    for part in scored.slices:
        value = re.sub(r"[^\w. :-]", "_", part.value) if isinstance(part.value, str) else f"{part.value:.4g}".replace("+", "")
        made |= {f"slice/{part.feature}/{value}/{name}": score for name, score in part.metrics.items()}
    return made


def store(
    model: Path, golden: Path, holdout: Path, statistics: Path, metrics: Path, schema: dict[str, Any], packages: Path, project: str
) -> tuple[Path, str]:
    """Makes the model package."""
    if not packages.is_absolute():
        raise StepError(f"--packages: got {str(packages)!r}, wanted the absolute path of the folder that keeps model packages")
    wanted = documents.parse(DataSchema, schema, "schema.json")
    table = read_csv(holdout)
    labelled = Holdout(instances=instances(table, wanted), labels=labels(table, wanted))
    parts = {f"{name}.json": model / f"{name}.json" for name in ("model", "transform", "schema", "manifest")}
    parts |= {"golden.json": golden, "statistics.json": statistics, "metrics.json": metrics}
    return package.store(parts, labelled, packages, project)


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
