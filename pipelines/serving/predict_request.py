"""Reads prediction requests: the row format that TensorFlow Serving, KServe v1 and Vertex AI share.

https://www.tensorflow.org/tfx/serving/api_rest#predict_api
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from os import urandom
from typing import Any

import orjson
from starlette.requests import Request


@dataclass(frozen=True)
class Limits:
    """How much one request may ask for."""

    max_body_bytes: int = 1_048_576
    max_instances: int = 1_000


class Refused(Exception):
    """A request that is wrong. The text tells the client why."""

    def __init__(self, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.headers = code, message, headers


def request_id_of(request: Request) -> str:
    """The client's x-request-id when it can be passed on as it is, else a new one."""
    given = request.headers.get("x-request-id")
    if given and len(given) <= 128 and given.isascii() and given.isprintable() and " " not in given:
        return given
    return urandom(16).hex()


async def read_instances(request: Request, limits: Limits) -> list[Any]:
    """The instances of a prediction request. Raises Refused; the instances themselves are not looked at."""
    encoding = request.headers.get("content-encoding")
    if encoding and encoding != "identity":
        raise Refused(415, f"content-encoding {encoding} is not supported; send the JSON as it is")
    body = await _read_body(request, limits.max_body_bytes)
    if not body:
        raise Refused(400, 'the body is empty, wanted {"instances": [...]}')
    try:
        # Refuses NaN, infinities, numbers beyond a double, broken UTF-8 and deep nesting.
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"the body is not JSON: {error}") from error
    if type(document) is not dict:
        raise Refused(400, 'the body is not an object, wanted {"instances": [...]}')
    if len(document) != 1 or "instances" not in document:
        _check_keys(document)
    instances = document["instances"]
    if type(instances) is not list:
        raise Refused(400, "instances is not a list")
    if not instances:
        raise Refused(400, "instances is empty")
    if len(instances) > limits.max_instances:
        raise Refused(413, f"{len(instances)} instances, at most {limits.max_instances} in one request")
    return instances


async def _read_body(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length")
    # The server has checked that it is a number; int() takes no more than some thousand digits of it.
    if declared and (len(declared) > 18 or int(declared) > limit):
        raise Refused(413, f"the body has {declared[:18]} bytes, at most {limit}")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Refused(413, f"the body has more than {limit} bytes")
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _check_keys(document: dict[str, Any]) -> None:
    if "inputs" in document:
        raise Refused(400, 'the column format ("inputs") is not supported; send rows: {"instances": [...]}')
    for key, value in document.items():
        if key == "instances":
            continue
        # What other servers' clients send beside the instances, as long as it asks for nothing.
        if key == "signature_name" and value in (None, "", "serving_default"):
            continue
        if key == "parameters" and not value:
            continue
        near = "; did you mean instances?" if get_close_matches(key, ["instances"]) else ""
        raise Refused(400, f'{key[:80]} is not understood{near}; wanted {{"instances": [...]}}')
    if "instances" not in document:
        raise Refused(400, 'instances is missing, wanted {"instances": [...]}')
