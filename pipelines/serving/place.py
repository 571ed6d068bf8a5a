"""Where things lie on a cloud, told by the form of their address."""

from __future__ import annotations

from dataclasses import dataclass

from .azure_storage import AzureStorage
from .google_storage import GoogleStorage
from .storage import Storage, StorageError


@dataclass(frozen=True)
class Place:
    """A bucket, or a folder or an object in it."""

    storage: Storage
    bucket: str
    name: str

    @property
    def prefix(self) -> str:
        """How the names of what lies below begin."""
        name = self.name.rstrip("/")
        return f"{name}/" if name else ""

    def names(self) -> list[str]:
        """Names of all objects below, as seen from here."""
        return [name.removeprefix(self.prefix) for name in self.storage.names(self.bucket, self.prefix)]

    def below(self, name: str) -> Place:
        """The place of this name in this folder."""
        return Place(self.storage, self.bucket, self.prefix + name)

    def read(self) -> bytes:
        """The object's content."""
        return self.storage.read(self.bucket, self.name)

    def write(self, content: bytes) -> None:
        """Makes the object, unless it is there."""
        self.storage.write(self.bucket, self.name, content)


class Places:
    """The storages of all clouds. Each logs in when it is first asked for something."""

    def __init__(self) -> None:
        self._storages: tuple[Storage, ...] = (GoogleStorage(), AzureStorage())

    def at(self, uri: str) -> Place:
        """Raises StorageError when no storage has addresses of this form."""
        for storage in self._storages:
            found = storage.split(uri)
            if found:
                return Place(storage, *found)
        # What stands behind a question mark may be a key.
        forms = " or ".join(storage.FORM for storage in self._storages)
        raise StorageError(f"{uri.partition('?')[0]}{'?…' if '?' in uri else ''} is not of the form {forms}")
