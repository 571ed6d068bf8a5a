"""Extraction: brings the data in, keeps an unchangeable copy, and sets rows aside that no model will be trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from steps import contracts, digests, documents
from steps.errors import StepError
from steps.signature import File, Parameter, Seed, Step
from steps.table import Table, parse_csv, to_csv, write_csv

DIABETES = "sklearn:diabetes"
"""The source that needs no file: the data set that comes with scikit-learn."""

STEP = Step(
    name="extract",
    doc="Brings the data in and sets a holdout aside.",
    inputs={},
    outputs={
        "training": File("Rows to train on, CSV.", "Dataset"),
        "holdout": File("Rows kept from training, CSV.", "Dataset"),
        "origin": File("Where the data came from, with its digest, JSON."),
    },
    parameters={
        "source": Parameter(str, f"Path of a CSV file, or {DIABETES} for the data set that comes with scikit-learn.", DIABETES),
        "holdout_share": Parameter(Annotated[float, Field(gt=0, lt=1)], "Share of the rows to set aside, between 0 and 1.", 0.2),
        "seed": Parameter(Seed, "Seed of the split; the same seed sets the same rows aside.", 0),
        "source_digest": Parameter(str, "Digest the source must have. Empty for any.", "", origin="run"),
        "datasets": Parameter(str, "Folder that keeps a copy of every dataset under its digest. Empty for none.", "", origin="run"),
    },
)


def run(
    training: Path, holdout: Path, origin: Path, source: str, holdout_share: float, seed: int, source_digest: str, datasets: str
) -> None:
    """Writes training rows, holdout rows and where they came from."""
    content = diabetes_csv() if source == DIABETES else read_source(source, source_digest)
    table = parse_csv(content.decode("utf-8-sig"), source)
    kept, aside = split(len(table), holdout_share, seed)
    write_csv(training, table.take(kept))
    write_csv(holdout, table.take(aside))
    digest = digests.of_bytes(content)
    snapshot = keep(content, digest, Path(datasets)) if datasets else None
    documents.write(
        origin,
        contracts.Source(source=source, digest=digest, rows=len(table), snapshot=str(snapshot) if snapshot else None),
    )


def read_source(source: str, digest: str) -> bytes:
    """The bytes of a file, which must not have changed since the run was started."""
    path = Path(source.removeprefix("file://"))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StepError(f"extract.source: {source} cannot be read: {error.strerror}", f"Name a CSV file or {DIABETES}") from None
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StepError(f"extract.source: {source} is not UTF-8 text: byte {error.start}") from None
    if digest and digests.of_bytes(content) != digest:
        raise StepError(f"extract.source: {source} changed while the run was starting", "Run again")
    return content


def diabetes_csv() -> bytes:
    """The diabetes data set as CSV: 442 patients, ten features as scikit-learn scales them, `progression` to predict.

    Numbers are written in full, so that reading them gives the very same values.
    """
    from sklearn.datasets import load_diabetes

    data = load_diabetes()
    rows = [[repr(float(value)) for value in (*row, label)] for row, label in zip(data.data, data.target, strict=True)]
    return to_csv(Table((*data.feature_names, "progression"), rows)).encode()


def split(rows: int, holdout: float, seed: int) -> tuple[list[int], list[int]]:
    """Places of the rows to train on and of those set aside."""
    from sklearn.model_selection import train_test_split

    try:
        kept, aside = train_test_split(list(range(rows)), test_size=holdout, random_state=seed)
    except ValueError:
        raise StepError(
            f"{rows} rows cannot be split into rows to train on and a holdout of extract.holdoutShare {holdout:g}", "Bring more rows"
        ) from None
    return kept, aside


def keep(content: bytes, digest: str, folder: Path) -> Path:
    """Keeps a dataset under its digest. A copy that is there already is left as it is."""
    path = folder / f"{digest.removeprefix('sha256:')}.csv"
    if not path.exists():
        documents.write_text(path, content.decode("utf-8"))
    return path


if __name__ == "__main__":
    import sys

    from steps.command import execute

    execute(STEP, run, sys.argv[1:])
