"""What the storages of all clouds have in common: how one is asked, how one logs in, and what its errors say.

The standard library is enough for three kinds of requests. Azure's own, azure-storage-blob and azure-identity, are 16 packages:
34 MB beside the 108 that the image has, 40 MB of memory, and 0.3 s of each start, which on a place that stands still when
nobody asks is a client's wait.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, ClassVar, NamedTuple, Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

#: Seconds to wait for one answer.
TIMEOUT = 20.0
#: Seconds before each further attempt at what may pass: https://cloud.google.com/storage/docs/retry-strategy,
#: https://learn.microsoft.com/en-us/azure/architecture/best-practices/retry-service-specific
PAUSES = (0.5, 2.0, 8.0)
PASSING = frozenset({408, 429, 500, 502, 503, 504})
#: The same where tokens come from. It may come up later than the container, and on Azure an update of it takes up to 70 seconds:
#: https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
LOGIN_TIMEOUT = 5.0
LOGIN_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 40.0)
LOGIN_PASSING = PASSING | {404, 410}
#: Seconds that a storage which asks to be left alone is left alone at most.
LONGEST_PAUSE = 30.0
#: Seconds before its end at which a token is no longer used.
EARLY = 60.0
TOKEN = re.compile(r"[!-~]+")
#: Most characters of a reason that are told.
REASON = 300


class StorageError(OSError):
    """An object cannot be read or written. The text says which and why."""


class Refused(StorageError):
    """The storage answered, and said no."""

    def __init__(self, text: str, status: int, code: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class Storage(Protocol):
    """The storage of one cloud."""

    #: What addresses look like.
    FORM: ClassVar[str]

    def split(self, uri: str) -> tuple[str, str] | None:
        """Bucket and name of an address; None when it is not one of this cloud."""

    def names(self, bucket: str, prefix: str) -> list[str]:
        """Names of all objects that begin with `prefix`."""

    def read(self, bucket: str, name: str) -> bytes:
        """The object's content."""

    def write(self, bucket: str, name: str, content: bytes) -> None:
        """Makes an object that is not there yet; one of this name is left as it is, as after an attempt whose answer was lost."""


class Grant(NamedTuple):
    """A token, and how many seconds it is good for."""

    token: str
    seconds: float


class Login:
    """Keeps a token until its end is near."""

    def __init__(self, fetch: Callable[[], Grant]) -> None:
        self._fetch = fetch
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        """A token that is good."""
        if time.monotonic() >= self._until:
            self._token, seconds = self._fetch()
            self._until = time.monotonic() + seconds - EARLY
        return self._token

    def forget(self) -> None:
        """The token was refused."""
        self._until = 0.0


class _NoRedirects(HTTPRedirectHandler):
    """Neither a storage nor where tokens come from leads elsewhere, and a token must not be led there."""

    def redirect_request(self, *_: Any) -> None:
        return None


def ask(make: Callable[[], Request], login: Login | None) -> bytes:
    """A storage's answer. What may pass is tried again; a token that is refused is fetched anew once."""
    renewed = login is None

    def logged_in() -> Request:
        request = make()
        if login:
            request.add_header("Authorization", f"Bearer {login.token()}")
        return request

    while True:
        try:
            return _ask(logged_in, build_opener(_NoRedirects), TIMEOUT, PAUSES, PASSING)
        except Refused as error:
            if login is None or renewed or error.status != 401:
                raise
            login.forget()
            renewed = True


def ask_machine(request: Request) -> Grant:
    """The token that a machine gives to what runs on it. No proxy leads there."""
    return _grant(request, build_opener(_NoRedirects, ProxyHandler({})))


def ask_directory(request: Request) -> Grant:
    """The token that a directory on the network gives for another one."""
    return _grant(request, build_opener(_NoRedirects))


def _grant(request: Request, opener: OpenerDirector) -> Grant:
    answer = _ask(lambda: request, opener, LOGIN_TIMEOUT, LOGIN_PAUSES, LOGIN_PASSING)
    try:
        found = json.loads(answer)
        seconds = float(found["expires_in"]) if "expires_in" in found else float(found["expires_on"]) - time.time()
        token = found["access_token"]
        # Else the header with it would be refused, by words that hold it.
        if TOKEN.fullmatch(token):
            return Grant(token, seconds)
    except (ValueError, KeyError, TypeError):
        pass
    # What was answered is not told, nor is the error that holds it: a token may be in it.
    raise StorageError(f"{_address(request)}: the answer is no token")


def _ask(
    make: Callable[[], Request], opener: OpenerDirector, timeout: float, pauses: Sequence[float], passing: Collection[int]
) -> bytes:
    for pause in (*pauses, None):
        request = make()
        try:
            with opener.open(request, timeout=timeout) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            with error:
                if error.code not in passing or pause is None:
                    raise _refusal(request, error) from None
                pause = max(pause, _asked_pause(error.headers.get("retry-after")))
        except (OSError, HTTPException) as error:  # The latter: an answer that breaks off half way.
            if pause is None:
                raise StorageError(f"{_address(request)}: {error}") from error
        time.sleep(pause)
    raise AssertionError("the last attempt answers or raises")


def _refusal(request: Request, error: HTTPError) -> Refused:
    code = error.headers.get("x-ms-error-code") or ""
    told = code
    with suppress(ValueError, AttributeError, OSError, HTTPException):
        # As logins say it: {"error": …, "error_description": …}.
        document = json.loads(error.read())
        words = [document.get("error"), document.get("error_description")]
        told = told or ": ".join(word for word in words if isinstance(word, str))
    reason = " ".join(f"{error.code} {told or error.reason}".split())[:REASON]
    return Refused(f"{_address(request)}: {reason}", error.code, code)


def _address(request: Request) -> str:
    """Without what stands behind the question mark."""
    return request.full_url.partition("?")[0]


def _asked_pause(text: str | None) -> float:
    """Seconds of `Retry-After`, which is a number or a date."""
    if not text:
        return 0.0
    try:
        seconds = float(text) if text.isdecimal() else parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), LONGEST_PAUSE)
