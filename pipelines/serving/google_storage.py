"""Reads and writes objects of Cloud Storage as the account that the process runs as. The standard library is enough for it."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlparse

METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
#: Seconds to wait for one answer.
TIMEOUT = 20.0
#: Seconds before each further attempt at what may pass: https://cloud.google.com/storage/docs/retry-strategy
PAUSES = (0.5, 2.0)
PASSING = frozenset({408, 429, 500, 502, 503, 504})


class StorageError(OSError):
    """An object cannot be read or written. The text says which and why."""


def place_of(uri: str) -> tuple[str, str]:
    """Bucket and name of `gs://bucket/name`."""
    parsed = urlparse(uri)
    if parsed.scheme != "gs" or not parsed.netloc:
        raise StorageError(f"{uri} is not of the form gs://BUCKET/NAME")
    return parsed.netloc, parsed.path.lstrip("/")


class GoogleStorage:
    """Cloud Storage's JSON API; STORAGE_EMULATOR_HOST, as in Google's own libraries, leads to another one without a login."""

    def __init__(self) -> None:
        emulator = os.environ.get("STORAGE_EMULATOR_HOST")
        self._api = emulator or "https://storage.googleapis.com"
        self._login = emulator is None
        self._token = ""
        self._until = 0.0

    def names(self, bucket: str, prefix: str) -> list[str]:
        """Names of all objects that begin with `prefix`."""
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
        """The object's content."""
        return self._ask(f"/storage/v1/b/{bucket}/o/{quote(name, safe='')}?alt=media")

    def write(self, bucket: str, name: str, content: bytes) -> None:
        """Makes an object that is not there yet; one of this name is left as it is, as after an attempt whose answer was lost."""
        query = urlencode({"uploadType": "media", "name": name, "ifGenerationMatch": 0})
        try:
            self._ask(f"/upload/storage/v1/b/{bucket}/o?{query}", content)
        except _AlreadyThere:
            return

    def _ask(self, path: str, content: bytes | None = None) -> bytes:
        for pause in (*PAUSES, None):
            try:
                request = urllib.request.Request(self._api + path, content, self._headers())
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    return bytes(answer.read())
            except urllib.error.HTTPError as error:
                if error.code == 412:
                    raise _AlreadyThere(path) from error
                if error.code not in PASSING or pause is None:
                    raise StorageError(f"{path}: {error.code} {error.reason}") from error
            except (OSError, HTTPException) as error:  # The latter: an answer that breaks off half way.
                if pause is None:
                    raise StorageError(f"{path}: {error}") from error
            time.sleep(pause)
        raise AssertionError("the last attempt answers or raises")

    def _headers(self) -> dict[str, str]:
        if not self._login:
            return {"content-type": "application/octet-stream"}
        if time.monotonic() >= self._until:
            request = urllib.request.Request(METADATA, headers={"Metadata-Flavor": "Google"})
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                grant = json.load(answer)
            self._token = grant["access_token"]
            self._until = time.monotonic() + grant["expires_in"] - 60
        return {"content-type": "application/octet-stream", "authorization": f"Bearer {self._token}"}


class _AlreadyThere(StorageError):
    """An object of this name is there."""
