"""``/healthz``: this process lives. ``/readyz``: it can serve. ``/metrics``: for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, generate_latest

from baton.model.errors import RequestFailed
from baton.web.jsons import dump
from baton.web.metrics import EngineCollector

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.apart import OpenApart
    from baton.web.callers import Callers
    from baton.web.open_requests import OpenRequests


def install(
    app: Flask,
    engine: Engine,
    registry: CollectorRegistry,
    open_requests: OpenRequests,
    callers: Callers | None = None,
    apart: OpenApart | None = None,
) -> None:
    """``callers``: who may read the metrics is looked at; the other two are for everybody.

    ``apart``: the processes of live streams, if there can be any.
    """
    registry.register(EngineCollector(engine, open_requests, apart))

    def show_alive() -> Response:
        return _json({"status": "UP"}, 200)

    def show_ready() -> Response:
        try:
            checks = dict(engine.health.check())
        except (RequestFailed, OSError) as error:
            return _json({"status": "DOWN", "reason": str(error)}, 503)
        if open_requests.is_stopping:
            return _json({"status": "STOPPING"}, 503)
        streams = {} if apart is None else {"streamProcesses": apart.read()[0]}
        return _json({"status": "UP", **checks, **streams}, 200)

    def show_metrics() -> Response:
        if callers is not None:
            callers.find(request.environ).require_whole("system:read")
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")

    app.add_url_rule("/healthz", "health.alive", show_alive)
    app.add_url_rule("/readyz", "health.ready", show_ready)
    app.add_url_rule("/metrics", "health.metrics", show_metrics)


def _json(body: dict[str, object], status: int) -> Response:
    return Response(dump(body), status, mimetype="application/json")
