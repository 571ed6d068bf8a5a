"""What a scoring process runs on, for the check that a model fits it before it is released."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import distributions
from typing import Any


@cache
def runtime_versions() -> dict[str, Any]:
    """Python's version and those of all installed packages, by name; read once per process."""
    packages = {found.metadata["Name"]: found.version for found in distributions() if found.metadata["Name"]}
    return {"python": platform.python_version(), "packages": packages}
