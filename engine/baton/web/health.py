"""``/healthz``: this process lives. ``/readyz``: it can serve. ``/metrics``: for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from baton.model.errors import Rejected
from baton.web.jsons import dump

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.callers import Callers
    from baton.web.open_requests import OpenRequests


class EngineCollector(Collector):
    """Asks the engine when Prometheus asks."""

    def __init__(self, engine: Engine, open_requests: OpenRequests) -> None:
        self.engine, self.open_requests = engine, open_requests

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        opened = self.open_requests
        values: dict[str, float] = {
            "live_streams": opened.streams.used,
            "long_polls": opened.polls.used,
            "store_up": 1,
        }
        values["compute_killed"] = self.engine.compute.killed
        try:
            values.update(self.engine.health.collect_metrics())
            yield from self._collect_sinks()
            yield from self._collect_sources()
        except Rejected:
            values["store_up"] = 0
        for name, value in sorted(values.items()):
            yield GaugeMetricFamily(f"baton_{name}", name.replace("_", " "), value=value)

    def _collect_sinks(self) -> Iterator[Metric]:
        found = self.engine.sinks.list()
        if found:
            lags = [(sink.name, sink.lag_ms / 1000) for sink in found]
            yield _make_gauge("baton_sink_lag_seconds", "age of the oldest turn that the sink lacks", lags)
            dead = [(sink.name, float(sink.dead_letters)) for sink in found]
            yield _make_gauge("baton_dead_letters", "events that could not be sent", dead)
            up = [(sink.name, float(not sink.error)) for sink in found]
            yield _make_gauge("baton_sink_up", "1: the sink takes events, 0: it is tried again", up)

    def _collect_sources(self) -> Iterator[Metric]:
        found = self.engine.sources.list()
        if found:
            up = [(source.name, float(not source.report.error)) for source in found]
            yield _make_gauge("baton_source_up", "1: the source gives events, 0: it is tried again", up, "source")
            known = [(it.name, it.report.waiting) for it in found]
            waiting = [(name, float(count)) for name, count in known if count is not None]
            yield _make_gauge("baton_source_waiting", "events in the source that are not taken yet", waiting, "source")
            dead = [(source.name, float(source.dead_letters)) for source in found]
            yield _make_gauge("baton_source_dead_letters", "events that could not be taken", dead, "source")


def _make_gauge(name: str, doc: str, values: Iterable[tuple[str, float]], label: str = "sink") -> Metric:
    """One value for each sink or source."""
    found = GaugeMetricFamily(name, doc, labels=[label])
    for subject, number in values:
        found.add_metric([subject], number)
    return found


def install(
    app: Flask, engine: Engine, registry: CollectorRegistry, open_requests: OpenRequests, callers: Callers | None = None
) -> None:
    """``callers``: who may read the metrics is looked at; the other two are for everybody."""
    registry.register(EngineCollector(engine, open_requests))

    def show_alive() -> Response:
        return _json({"status": "UP"}, 200)

    def show_ready() -> Response:
        try:
            checks = dict(engine.health.check())
        except (Rejected, OSError) as error:
            return _json({"status": "DOWN", "reason": str(error)}, 503)
        if open_requests.is_stopping:
            return _json({"status": "STOPPING"}, 503)
        return _json({"status": "UP", **checks}, 200)

    def show_metrics() -> Response:
        if callers is not None:
            callers.find(request.environ).require_whole("system:read")
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")

    app.add_url_rule("/healthz", "health.alive", show_alive)
    app.add_url_rule("/readyz", "health.ready", show_ready)
    app.add_url_rule("/metrics", "health.metrics", show_metrics)


def _json(body: dict[str, object], status: int) -> Response:
    return Response(dump(body), status, mimetype="application/json")
