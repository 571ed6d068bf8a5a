"""Holds the estate's bodies against what Microsoft's own library makes of the same things written as its YAML documents.

    python azureml.py FOLDER_OF_DOCUMENTS BODIES.json

Nothing is sent: the library is only asked what it would send. Ends with 1 when a body says something else.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

from azure.ai.ml import load_component, load_compute, load_environment  # noqa: E402
from azure.ai.ml import load_batch_endpoint, load_online_deployment, load_online_endpoint  # noqa: E402
from azure.ai.ml.entities._load_functions import load_pipeline_component_batch_deployment, load_schedule  # noqa: E402

REGION = "koreacentral"

LOADED: dict[str, Callable[[Path], Any]] = {
    "environment": lambda file: load_environment(file)._to_rest_object(),
    "command": lambda file: load_component(file)._to_rest_object(),
    "pipeline": lambda file: load_component(file)._to_rest_object(),
    "batch-endpoint": lambda file: load_batch_endpoint(file)._to_rest_batch_endpoint(REGION),
    "batch-deployment": lambda file: load_pipeline_component_batch_deployment(file)._to_rest_object(REGION),
    "online-endpoint": lambda file: load_online_endpoint(file)._to_rest_online_endpoint(REGION),
    "online-deployment": lambda file: load_online_deployment(file)._to_rest_object(REGION),
    "schedule": lambda file: load_schedule(file)._to_rest_object(),
    "monitor": lambda file: load_schedule(file)._to_rest_object(),
    "compute-instance": lambda file: load_compute(file)._to_rest_object(),
}
"""How a document is read, and what the library would send for it."""

THEIRS_ALONE = {
    "name": "stands in the address",
    "location": "stands beside the body",
    "_source": "says that a file was read",
    "identity": "stands beside the body",
    "properties.errorThreshold": "of model deployments; sent with its default",
    "properties.maxConcurrencyPerInstance": "of model deployments; sent with its default",
    "properties.miniBatchSize": "of model deployments; sent with its default",
    "properties.outputFileName": "of model deployments; sent with its default",
    "alertNotificationType": "one kind only since the stable version",
    "alertNotificationSettings.emailNotificationSettings.emailOn": "a preview's; a stable monitor tells of breaches",
}
"""What the library says besides, by the end of its path, and why the estate need not."""

OURS_ALONE = {
    "properties.isEnabled": "true is the default",
    "componentSpec.description": "told twice",
}
"""What the estate says besides."""

WORDS = {
    "alertNotificationSetting": "alertNotificationSettings",
    "emailNotificationSetting": "emailNotificationSettings",
    "Trailing": "Rolling",
}
"""Words of the preview in which the library still writes monitors, and those of the stable version that the provider checks."""

DIFFERENT = {
    "properties.properties.applicationSharingPolicy": ("Personal", "Shared", "the library cannot say Personal"),
}
"""Values that differ on purpose."""


def plain(value: Any) -> Any:
    """Plain JSON in the stable version's words, without what is empty."""
    if isinstance(value, dict):
        entries = {WORDS.get(name, name): plain(entry) for name, entry in value.items()}
        entries.pop("client_component_hash", None)  # by which the library finds a component again
        if entries.get("mode") == "Enabled" and "signalType" in entries:
            del entries["mode"]
            entries["notificationTypes"] = ["AmlNotification"]
        return {name: entry for name, entry in entries.items() if entry not in (None, {}, [])}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return WORDS.get(value, value) if isinstance(value, str) else value


def told(path: str, table: dict[str, Any]) -> bool:
    return any(path == end or path.endswith(f".{end}") for end in table)


def same(ours: Any, theirs: Any) -> bool:
    """The API does not mind capitals in its words, and takes `"false"` for false; addresses of assets may bear their prefix."""
    one, other = (json.dumps(value).strip('"').casefold().removeprefix("azureml:") for value in (ours, theirs))
    return one == other


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """What two bodies do not agree in, one sentence each."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            below = f"{path}.{name}".lstrip(".")
            if name not in ours:
                if theirs[name] is not False and not told(below, THEIRS_ALONE):
                    yield f"{below}: the library sends {json.dumps(theirs[name])}, the estate nothing"
            elif name not in theirs:
                if ours[name] is not False and not told(below, OURS_ALONE):
                    yield f"{below}: the estate sends {json.dumps(ours[name])}, the library nothing"
            else:
                yield from differences(ours[name], theirs[name], below)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif not same(ours, theirs) and DIFFERENT.get(path, ())[:2] != (ours, theirs):
        yield f"{path}: the estate sends {json.dumps(ours)}, the library {json.dumps(theirs)}"


def main(documents: Path, bodies: dict[str, Any]) -> int:
    wrong = 0
    for name in sorted({*LOADED, *bodies}):
        if name not in LOADED or name not in bodies:
            found = ["has no body" if name in LOADED else "has no document"]
        else:
            theirs = LOADED[name](documents / f"{name}.yml").as_dict()
            found = list(differences(plain(bodies[name]), plain(theirs)))
        wrong += bool(found)
        for line in found:
            print(f"FAILED   azure-ai-ml {name}: {line}")
        if not found:
            print(f"ok       azure-ai-ml {name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    folder, file = sys.argv[1:3]
    sys.exit(main(Path(folder), json.loads(Path(file).read_text(encoding="utf-8"))))
