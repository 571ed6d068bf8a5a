"""The HTTP interface of a scoring process."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from random import random
from time import perf_counter
from typing import Any

import numpy as np
import orjson
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from steps.scorer import Scorer

from .metrics import Metrics
from .package import PackageError, load_package
from .prediction_log import PredictionLog
from .predict_request import Limits, Refused, read_instances, request_id_of
from .runtime import runtime_versions
from .slot import Drill, ModelRef, Slot, SlotError, read_slot
from .stderr import say

NOT_RELEASED = "no model released"
#: Problems of one request that are told; the rest is counted.
MAX_PROBLEMS = 20


@dataclass(frozen=True)
class Options:
    """What a scoring process is started with."""

    slot_file: Path
    #: Name of the place this process serves: qa, blue, green.
    slot: str
    log_directory: Path
    limits: Limits = field(default_factory=Limits)


class ScoringService:
    """One model version behind HTTP. A package that cannot be served leaves a process that says why, and is not ready."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.scorer: Scorer | None = None
        self.reason: str | None = None
        slot = Slot()
        try:
            slot = read_slot(options.slot_file)
            if slot.model:
                self.scorer = load_package(slot.model)
            else:
                self.reason = NOT_RELEASED
        except (SlotError, PackageError) as error:
            self.reason = str(error)
            say(f"not ready: {error}")
        self.model: ModelRef | None = slot.model
        self.drill = slot.drill or Drill()
        self.metrics = Metrics(self.model.version if self.model else "", options.log_directory)
        self.names = [feature["name"] for feature in self.scorer.features] if self.scorer else []
        self.log = PredictionLog(
            options.log_directory, options.slot, self.model, self.names, slot.logging, self.metrics
        )
        self.metrics.drill.labels("latency_seconds").set(self.drill.latency_ms / 1000)
        self.metrics.drill.labels("error_ratio").set(self.drill.error_rate)
        if self.model and self.scorer:
            self.metrics.model.labels(self.model.project, self.model.version, self.model.digest).set(1)

    async def predict(self, request: Request) -> Response:
        """POST /v1/models/<name>:predict"""
        started = perf_counter()
        request_id = request_id_of(request)
        headers: dict[str, str] | None = None
        try:
            code, body = 200, await self._predictions(request, request_id)
        except Refused as refused:
            code, body, headers = refused.code, {"error": refused.message}, refused.headers
        except ClientDisconnect:
            code, body = 499, {"error": "the client went away"}
        except Exception:
            say(traceback.format_exc())
            code, body = 500, {"error": "internal error", "requestId": request_id}
        if self.drill.latency_ms:
            await asyncio.sleep(self.drill.latency_ms / 1000)
        response = self._answer(code, body, request_id, headers)
        self.metrics.answered(code, perf_counter() - started)
        return response

    async def _predictions(self, request: Request, request_id: str) -> dict[str, Any]:
        scorer = self._serving(request.path_params["name"])
        instances = await read_instances(request, self.options.limits)
        problems = scorer.problems(instances)
        if problems:
            rest = [f"and {len(problems) - MAX_PROBLEMS} more"] if len(problems) > MAX_PROBLEMS else []
            raise Refused(400, "; ".join(problems[:MAX_PROBLEMS] + rest))
        if self.drill.error_rate and random() < self.drill.error_rate:
            raise Refused(500, "drill: an error put in on purpose")
        with np.errstate(over="ignore", invalid="ignore"):  # Looked for below; no warning in the log for a client's values.
            predictions = scorer.predict(instances)
        if not all(map(isfinite, predictions)):
            index = next(index for index, value in enumerate(predictions) if not isfinite(value))
            raise Refused(400, f"instances[{index}]: its values are so large that the prediction overflows")
        self.log.record(request_id, instances, predictions)
        return {"predictions": predictions}

    async def model_status(self, request: Request) -> Response:
        """GET /v1/models/<name>: the form of TensorFlow Serving's model status, with the features beside it."""
        request_id = request_id_of(request)
        name = request.path_params["name"]
        if name.endswith(":predict"):
            return self._answer(405, {"error": "predictions are asked for by POST"}, request_id, {"allow": "POST"})
        try:
            self._known(name)
        except Refused as refused:
            return self._answer(refused.code, {"error": refused.message}, request_id)
        ready = self.scorer is not None
        status = {
            "version": self.model.version if self.model else "",
            "state": "AVAILABLE" if ready else "END",
            "status": {"error_code": "OK" if ready else "FAILED_PRECONDITION", "error_message": self.reason or ""},
        }
        metadata = {
            "digest": self.model.digest if self.model else "",
            "features": self.names,
            **runtime_versions(),
        }
        return self._answer(200, {"model_version_status": [status], "metadata": metadata}, request_id)

    async def healthz(self, request: Request) -> Response:
        """GET /healthz: the process answers."""
        return self._answer(200, {"status": "ok"}, request_id_of(request))

    async def readyz(self, request: Request) -> Response:
        """GET /readyz: it serves a model, and which."""
        if self.scorer is None or self.model is None:
            return self._answer(503, {"reason": self.reason}, request_id_of(request))
        body: dict[str, Any] = {
            "project": self.model.project,
            "version": self.model.version,
            "digest": self.model.digest,
            "slot": self.options.slot,
        }
        if self.drill != Drill():
            body["drill"] = {"latencyMs": self.drill.latency_ms, "errorRate": self.drill.error_rate}
        return self._answer(200, body, request_id_of(request))

    async def metrics_page(self, _request: Request) -> Response:
        """GET /metrics"""
        return Response(generate_latest(self.metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def refused(self, request: Request, error: Exception) -> Response:
        """Any address that is not there, or is asked by another method."""
        code = error.status_code if isinstance(error, HTTPException) else 500
        words = {404: f"nothing is at {request.url.path}", 405: f"{request.method} is not for {request.url.path}"}
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else None
        return self._answer(code, {"error": words.get(code, "internal error")}, request_id_of(request), headers)

    def _known(self, name: str) -> None:
        if self.model is None:
            raise Refused(503, self.reason or NOT_RELEASED)
        if name != self.model.project:
            raise Refused(404, f"no model {name[:80]} here; this is {self.model.project}")

    def _serving(self, name: str) -> Scorer:
        self._known(name)
        if self.scorer is None:
            raise Refused(503, self.reason or NOT_RELEASED)
        return self.scorer

    def _answer(self, code: int, body: Any, request_id: str, headers: dict[str, str] | None = None) -> Response:
        all_headers = {"x-request-id": request_id, "content-type": "application/json"}
        if self.model:
            all_headers["x-model-version"] = self.model.version
        if headers:
            all_headers.update(headers)
        return Response(orjson.dumps(body), code, all_headers)


def create_app(options: Options) -> FastAPI:
    """The app, with its model loaded. The prediction log runs from start-up to shutdown."""
    service = ScoringService(options)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.log.start()
        # What is loaded by now lives as long as the process: no collection needs to look at it again.
        gc.collect()
        gc.freeze()
        yield
        # Requests in flight are done by now; their log lines are not.
        service.log.stop()

    app = FastAPI(title="scoring", lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.router.routes.extend(
        [
            # Plain routes: bodies are checked against the model's own schema, which no type can express beforehand.
            Route("/v1/models/{name}:predict", service.predict, methods=["POST"]),
            Route("/v1/models/{name}", service.model_status, methods=["GET"]),
            Route("/healthz", service.healthz, methods=["GET"]),
            Route("/readyz", service.readyz, methods=["GET"]),
            Route("/metrics", service.metrics_page, methods=["GET"]),
        ]
    )
    app.add_exception_handler(HTTPException, service.refused)
    app.add_exception_handler(Exception, service.refused)
    return app
