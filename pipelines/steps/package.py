"""The model package: a folder of plain files with a digest, made by a pipeline, served by the scoring app."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from steps import contracts, digests, documents
from steps.contracts import Golden, Holdout, LinearModel, Manifest, Metrics, Schema, Statistics, TransformState
from steps.errors import StepError

FILES: Mapping[str, type[contracts.Contract]] = {
    "manifest.json": Manifest,
    "schema.json": Schema,
    "statistics.json": Statistics,
    "transform.json": TransformState,
    "model.json": LinearModel,
    "metrics.json": Metrics,
    "golden.json": Golden,
    "holdout.json": Holdout,
}
"""What a package holds."""


def check(folder: Path) -> None:
    """Refuses a folder that is not a whole model package."""
    for name, kind in FILES.items():
        documents.read(kind, folder / name)
    unknown = {path.name for path in folder.iterdir()} - FILES.keys()
    if unknown:
        raise StepError(f"{folder}: {', '.join(sorted(unknown))} does not belong in a model package")


def store(parts: Mapping[str, Path], holdout: Holdout, packages: Path, project: str) -> tuple[Path, str]:
    """Puts a package together and keeps it under its digest: `<packages>/<project>/<64 hexadecimal digits>/`.

    Args:
        parts: File name → where it lies now; all but holdout.json.

    Returns:
        The folder, which is never changed again, and its digest.
    """
    home = packages / project
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=home, prefix=".draft-"))
    try:
        for name, path in parts.items():
            shutil.copyfile(path, draft / name)
        documents.write(draft / "holdout.json", holdout)
        check(draft)
        digest = digests.of_folder(draft)
        folder = home / digest.removeprefix("sha256:")
        os.chmod(draft, 0o755)
        if not _is(folder, digest):
            if folder.exists():
                raise StepError(f"{folder} was changed: its files no longer have its digest", "Remove it and run again")
            os.rename(draft, folder)
        return folder, digest
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _is(folder: Path, digest: str) -> bool:
    return folder.is_dir() and digests.of_folder(folder) == digest
