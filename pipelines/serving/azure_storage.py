"""Reads and writes blobs of Azure as the identity that the process runs as."""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import ClassVar
from urllib.parse import quote, unquote, urlencode
from urllib.request import Request
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from . import azure_login
from .storage import Login, Refused, StorageError, ask

#: https://learn.microsoft.com/en-us/rest/api/storageservices/previous-azure-storage-service-versions
VERSION = "2023-11-03"
#: The token goes to whoever the address names, so it must be Azure's; a key in it (`?sig=…`) is none of ours.
#: https://learn.microsoft.com/en-us/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
PLACE = re.compile(r"(https://[a-z0-9]{3,24}\.blob\.core\.windows\.net/[a-z0-9](?:-?[a-z0-9]){2,62})(?:/([^?#]*))?")


class AzureStorage:
    """The Blob service's REST API, https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-rest-api.

    A bucket is a container with its account: `https://ACCOUNT.blob.core.windows.net/CONTAINER`.
    """

    FORM: ClassVar[str] = "https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME"

    def __init__(self) -> None:
        self._login = Login(azure_login.fetch)

    def split(self, uri: str) -> tuple[str, str] | None:
        """See Storage."""
        found = PLACE.fullmatch(uri)
        return (found[1], unquote(found[2] or "").lstrip("/")) if found else None

    def names(self, bucket: str, prefix: str) -> list[str]:
        """See Storage. https://learn.microsoft.com/en-us/rest/api/storageservices/list-blobs"""
        found: list[str] = []
        marker = ""
        while True:
            query = urlencode({"restype": "container", "comp": "list", "prefix": prefix, "marker": marker})
            page = _parse(bucket, self._ask("GET", f"{bucket}?{query}"))
            found += [_name(element) for element in page.iterfind("Blobs/Blob/Name")]
            marker = page.findtext("NextMarker") or ""
            if not marker:
                return found

    def read(self, bucket: str, name: str) -> bytes:
        """See Storage."""
        return self._ask("GET", _url(bucket, name))

    def write(self, bucket: str, name: str, content: bytes) -> None:
        """See Storage. https://learn.microsoft.com/en-us/rest/api/storageservices/put-blob"""
        conditions = {"x-ms-blob-type": "BlockBlob", "If-None-Match": "*", "Content-Type": "application/octet-stream"}
        try:
            self._ask("PUT", _url(bucket, name), content, conditions)
        except Refused as error:
            if error.code != "BlobAlreadyExists":
                raise

    def _ask(self, method: str, url: str, content: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        def make() -> Request:
            dated = {"x-ms-version": VERSION, "x-ms-date": formatdate(usegmt=True), **(headers or {})}
            return Request(url, content, dated, method=method)

        return ask(make, self._login)


def _url(bucket: str, name: str) -> str:
    return f"{bucket}/{quote(name, safe='/')}"


class _Builder(TreeBuilder):
    """Lists have no document type. Without one there are no entities, which may be made to fill the memory."""

    def doctype(self, *_: object) -> None:
        raise ParseError("a document type is declared")


def _parse(bucket: str, content: bytes) -> Element:
    parser = XMLParser(target=_Builder())
    try:
        parser.feed(content)
        page: Element = parser.close()
    except ParseError as error:
        raise StorageError(f"{bucket}: the list of blobs cannot be read: {error}") from error
    return page


def _name(element: Element) -> str:
    """Names with characters that XML does not know come with all such written as in addresses."""
    text = element.text or ""
    return unquote(text) if element.get("Encoded") == "true" else text
