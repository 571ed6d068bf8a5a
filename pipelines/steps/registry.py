"""The model registry and experiment tracker: MLflow, on every platform."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import identity_token
from steps.contracts import Source
from steps.errors import StepError

PRODUCTION = "production"
"""Alias of the version that serves; set by a release."""

CANDIDATE = "candidate"
"""Alias of the version registered last; set by a pipeline."""

TIMEOUT = 20
"""Seconds to wait for an answer."""

UP = "Is the estate up? See its status"

QUIET = {
    # MLflow's own defaults try seven times with growing pauses: minutes before a person hears that the server is down.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": str(TIMEOUT),
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}


@dataclass(frozen=True)
class Champion:
    """The model version that serves now."""

    version: str
    uri: str
    digest: str


def require_address(uri: str = "") -> str:
    """The tracking server's address: the one given, else the environment's."""
    address = uri or os.environ.get("MLFLOW_TRACKING_URI", "")
    if not address:
        raise StepError("no MLflow server is named", "Set MLFLOW_TRACKING_URI")
    return address


def find_champion(address: str, project: str) -> Champion | None:
    """The version under alias `production`, or None when there is none.

    By plain REST when the address is HTTP: importing MLflow's client takes over a second, this takes none.
    """
    if not re.match(r"https?://", address):
        return _champion_by_client(address, project)
    import requests

    url = f"{address.rstrip('/')}/api/2.0/mlflow/registered-models/alias"
    try:
        answer = requests.get(url, params={"name": project, "alias": PRODUCTION}, timeout=TIMEOUT, auth=_login(address))
    except requests.RequestException as error:
        raise StepError(f"the MLflow server at {address} does not answer: {type(error).__name__}", UP) from None
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        raise StepError(f"{address} answered {answer.status_code} and is no MLflow server") from None
    if answer.ok:
        version = body["model_version"]
        return _champion(version["version"], {tag["key"]: tag["value"] for tag in version.get("tags", [])}, project)
    # An unknown alias is answered with 400 INVALID_PARAMETER_VALUE, an unknown model with 404 RESOURCE_DOES_NOT_EXIST.
    if answer.status_code in (400, 404) and re.search(r"alias .* not found|RESOURCE_DOES_NOT_EXIST", str(body), re.I):
        return None
    raise StepError(f"the MLflow server at {address} answered {answer.status_code}: {body.get('message', '')}")


def _login(address: str) -> Any:
    user = os.environ.get("MLFLOW_TRACKING_USERNAME")
    if user is None and identity_token.wanted(address):
        return identity_token.LOGIN
    return (user, os.environ.get("MLFLOW_TRACKING_PASSWORD", "")) if user else None


def _champion_by_client(address: str, project: str) -> Champion | None:
    client = _client(address)
    from mlflow.exceptions import MlflowException

    try:
        version = client.get_model_version_by_alias(project, PRODUCTION)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise StepError(f"the model registry at {address} answered: {error}") from None
    return _champion(version.version, version.tags, project)


def _champion(version: object, tags: Mapping[str, str], project: str) -> Champion:
    missing = [tag for tag in ("package.uri", "package.digest") if not tags.get(tag)]
    if missing:
        raise StepError(
            f"version {version} of {project} is in production but has no tag {' and '.join(missing)}: it cannot be compared with",
            "Release a version that a pipeline registered",
        )
    return Champion(version=str(version), uri=tags["package.uri"], digest=tags["package.digest"])


def _client(address: str) -> Any:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    identity_token.use_for(address)
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=address, registry_uri=address)


class Tracker:
    """Writes one run to MLflow. Repeating a call after a failure continues the same run and version."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._open: str | None = None

    @classmethod
    @contextlib.contextmanager
    def at(cls, address: str) -> Iterator[Tracker]:
        """The tracker at an address; a refusal or no answer becomes one line."""
        client = _client(address)
        from mlflow.exceptions import MlflowException

        tracker = cls(client)
        try:
            yield tracker
        except MlflowException as error:
            words = str(error).splitlines()[0]
            if "Max retries exceeded" in words:
                raise StepError(f"the MLflow server at {address} does not answer any more", UP) from None
            raise StepError(f"the MLflow server at {address} refused: {words[:300]}") from None
        except BaseException:
            # The server is well: without this word it would show a run that goes on for ever.
            if tracker._open:
                with contextlib.suppress(MlflowException, OSError):
                    client.set_terminated(tracker._open, "FAILED")
            raise

    def run(self, project: str, run_id: str, tags: Mapping[str, str]) -> str:
        """The tracker's run for a pipeline run: the one there is, else a new one."""
        home = self._experiment(project)
        literal = run_id.replace("'", "")
        found = self._client.search_runs([home], f"tags.`run.id` = '{literal}'", max_results=1) if run_id else []
        run = found[0] if found else self._client.create_run(home, tags=dict(tags), run_name=run_id or None)
        self._open = str(run.info.run_id)
        return self._open

    def _experiment(self, project: str) -> str:
        from mlflow.exceptions import MlflowException

        experiment = self._client.get_experiment_by_name(project)
        if experiment is None:
            try:
                return str(self._client.create_experiment(project))
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
                # Another first run of the project came a moment earlier.
                experiment = self._client.get_experiment_by_name(project)
        return str(experiment.experiment_id)

    def log(self, run: str, parameters: Mapping[str, object], metrics: Mapping[str, float]) -> None:
        """Logs hyperparameters and metrics."""
        from mlflow.entities import Metric, Param

        now = int(time.time() * 1000)
        self._client.log_batch(
            run,
            metrics=[Metric(name, value, now, 0) for name, value in metrics.items()],
            params=[Param(name, str(value)) for name, value in parameters.items()],
        )

    def dataset(self, run: str, data: Source) -> None:
        """Names the data the run was trained on, as MLflow's pages and searches know it."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        dataset = Dataset(
            name=Path(data.source).stem,
            # MLflow takes 36 characters; the whole digest is the tag data.digest.
            digest=data.digest.removeprefix("sha256:")[:32],
            source_type="local",
            source=json.dumps({"uri": data.snapshot or data.source}),
            profile=json.dumps({"num_rows": data.rows}),
        )
        self._client.log_inputs(run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])

    def files(self, run: str, paths: Sequence[Path], folder: str) -> None:
        """Keeps JSON files with the run, in this folder."""
        with tempfile.TemporaryDirectory() as copies:
            for path in paths:
                shutil.copyfile(path, Path(copies) / f"{path.stem}.json")
            self.folder(run, Path(copies), folder)

    def folder(self, run: str, path: Path, name: str) -> None:
        """Keeps a folder with the run under this name."""
        self._client.log_artifacts(run, str(path), name)

    def register(self, project: str, run: str, description: str, tags: Mapping[str, str]) -> str:
        """Makes the run's model a version with these tags and moves the alias `candidate` to it."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(project)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        for found in self._client.search_model_versions(f"name = '{project}' and run_id = '{run}'"):
            version = found.version
            break
        else:
            source = f"{self._client.get_run(run).info.artifact_uri}/model"
            version = self._client.create_model_version(project, source, run, tags=dict(tags), description=description).version
        self._client.set_registered_model_alias(project, CANDIDATE, version)
        return str(version)

    def end(self, run: str) -> None:
        """Marks the run as finished."""
        self._client.set_terminated(run)
        self._open = None
