"""Loads a model package after checking that it is the one that was released."""

from __future__ import annotations

from steps.digests import of_folder
from steps.scorer import Scorer

from .slot import ModelRef


class PackageError(ValueError):
    """A model package that cannot be served. The text says why."""


def load_package(model: ModelRef) -> Scorer:
    """The scorer of this model version. Raises PackageError when the files are absent, changed or do not fit together."""
    folder = model.folder
    if not folder.is_dir():
        raise PackageError(f"the package of {model.project} version {model.version} is not at {model.uri}")
    try:
        digest = of_folder(folder)
        if digest != model.digest:
            raise PackageError(
                f"the package at {model.uri} has digest {digest}, released was {model.digest}: its files changed"
            )
        return Scorer.load(folder)
    except PackageError:
        raise
    except OSError as error:
        raise PackageError(f"the package at {model.uri} cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise PackageError(f"the package at {model.uri} is broken: {type(error).__name__}: {error}") from error
