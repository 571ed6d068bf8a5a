"""Reads and writes objects of Cloud Storage as the account that the process runs as."""

from __future__ import annotations

import json
import os
from typing import Any, ClassVar
from urllib.parse import quote, urlencode, urlparse
from urllib.request import Request

from .storage import Login, Refused, ask, ask_machine

METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"


class GoogleStorage:
    """Cloud Storage's JSON API; STORAGE_EMULATOR_HOST, as in Google's own libraries, leads to another one without a login."""

    FORM: ClassVar[str] = "gs://BUCKET/NAME"

    def __init__(self) -> None:
        emulator = os.environ.get("STORAGE_EMULATOR_HOST")
        self._api = emulator or "https://storage.googleapis.com"
        self._login = None if emulator else Login(lambda: ask_machine(Request(METADATA, headers={"Metadata-Flavor": "Google"})))

    def split(self, uri: str) -> tuple[str, str] | None:
        """See Storage."""
        parsed = urlparse(uri)
        return (parsed.netloc, parsed.path.lstrip("/")) if parsed.scheme == "gs" and parsed.netloc else None

    def names(self, bucket: str, prefix: str) -> list[str]:
        """See Storage."""
        found: list[str] = []
        page = ""
        while True:
            query = urlencode({"prefix": prefix, "fields": "items(name),nextPageToken", "pageToken": page})
            answer: dict[str, Any] = json.loads(self._ask(f"/storage/v1/b/{bucket}/o?{query}"))
            found += [item["name"] for item in answer.get("items", [])]
            page = answer.get("nextPageToken", "")
            if not page:
                return found

    def read(self, bucket: str, name: str) -> bytes:
        """See Storage."""
        return self._ask(f"/storage/v1/b/{bucket}/o/{quote(name, safe='')}?alt=media")

    def write(self, bucket: str, name: str, content: bytes) -> None:
        """See Storage."""
        query = urlencode({"uploadType": "media", "name": name, "ifGenerationMatch": 0})
        try:
            self._ask(f"/upload/storage/v1/b/{bucket}/o?{query}", content)
        except Refused as error:
            if error.status != 412:
                raise

    def _ask(self, path: str, content: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/octet-stream"}
        return ask(lambda: Request(self._api + path, content, headers), self._login)
