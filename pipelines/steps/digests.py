"""Content digests: what tells that a file, a folder or the code is the same as before."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from pathlib import Path

BLOCK = 1024 * 1024

LIBRARIES = ("numpy", "scikit-learn")
"""What computes a model: another version may give another model."""


def of_bytes(content: bytes) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def of_file(path: Path) -> str:
    """Digest of a file's bytes."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            sha.update(block)
    return "sha256:" + sha.hexdigest()


def of_files(files: list[tuple[str, Path]]) -> str:
    """Digest over lines `<name>\\0<sha256 of the file in hexadecimal>\\n`, sorted by name."""
    sha = hashlib.sha256()
    for name, path in sorted(files):
        sha.update(f"{name}\0{of_file(path).removeprefix('sha256:')}\n".encode())
    return "sha256:" + sha.hexdigest()


def of_folder(folder: Path) -> str:
    """Digest of a folder's files; the digest of a model package."""
    return of_files([(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()])


def of_code(*folders: Path) -> str:
    """Digest of the Python code in these folders. Caches and tests are left out: they make no artifact."""
    sha = hashlib.sha256()
    for folder in folders:
        files = [
            (path.relative_to(folder).as_posix(), path)
            for path in folder.rglob("*.py")
            if not {"__pycache__", "tests"} & set(path.relative_to(folder).parts)
        ]
        sha.update(of_files(files).encode())
    return "sha256:" + sha.hexdigest()


def of_libraries() -> str:
    """Digest of the Python version and of the libraries that compute a model, as they are installed here."""
    installed = [f"{library}=={importlib.metadata.version(library)}" for library in LIBRARIES]
    return of_bytes("\n".join([platform.python_version(), *installed]).encode())
