"""What Prometheus reads of the engine: gauges of what is there now, counters and histograms of what turns have done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from baton.model.errors import Overloaded
from baton.service import BOUNDS_S, COUNTERS, HISTOGRAMS, SUM

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.apart import OpenApart
    from baton.web.open_requests import OpenRequests

Counts = Mapping[tuple[str, ...], int]
MOST_TOPICS = 500
"""Topics that are listed, those whose tasks have waited longest: data may choose names of topics."""


class EngineCollector(Collector):
    """Asks the engine when Prometheus asks."""

    def __init__(self, engine: Engine, open_requests: OpenRequests, apart: OpenApart | None = None) -> None:
        self.engine, self.open_requests, self._apart = engine, open_requests, apart

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
        if self._apart is not None:
            values["stream_processes"], values["live_streams_apart"] = self._apart.read()
        try:
            values.update(self.engine.health.collect_metrics())
            yield from self._collect_sinks()
            yield from self._collect_sources()
            yield from self._collect_circuits()
            yield from self._collect_work()
            yield from _collect_tallies(self.engine.tallies.read())
        except Overloaded:
            values["store_up"] = 0
        for name, value in sorted(values.items()):
            yield GaugeMetricFamily(f"baton_{name}", name.replace("_", " "), value=value)

    def _collect_sinks(self) -> Iterator[Metric]:
        found = self.engine.sinks.list()
        unfit = float(self.engine.sinks.count_unfit())
        yield GaugeMetricFamily("baton_unfit_events", "dead letters of events that came in", value=unfit)
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

    def _collect_circuits(self) -> Iterator[Metric]:
        text = "1: not called, because calls have failed again and again; 0: called, though some have failed"
        metric = GaugeMetricFamily("baton_circuit_open", text, labels=["kind", "name"])
        for found in self.engine.called_hosts.list_failing()[:MOST_TOPICS]:
            metric.add_metric(["topic" if found.is_topic else "host", found.name], float(found.state != "closed"))
        yield metric

    def _collect_work(self) -> Iterator[Metric]:
        engine, now = self.engine, self.engine.clock.now()
        running = [(key, float(count)) for key, count in engine.health.count_running().items()]
        yield _make_gauge("baton_instances_running", "instances that have not ended, by process", running, "definition")
        backlogs = sorted(engine.topic_fetches.list_backlogs(), key=lambda it: it.since)[:MOST_TOPICS]
        waiting = [(it.topic, float(it.waiting)) for it in backlogs]
        yield _make_gauge("baton_topic_waiting", "external tasks that could be locked now", waiting, "topic")
        ages = [(it.topic, max(0, now - it.since) / 1000) for it in backlogs]
        yield _make_gauge("baton_topic_oldest_seconds", "how long the first of them has waited", ages, "topic")
        served = [(it.topic, float(it.has_worker)) for it in backlogs]
        yield _make_gauge("baton_topic_served", "1: a worker asks for the topic, 0: none does", served, "topic")


def _make_gauge(name: str, doc: str, values: Iterable[tuple[str, float]], label: str = "sink") -> Metric:
    """One value for each sink, source, process or topic."""
    found = GaugeMetricFamily(name, doc, labels=[label])
    for subject, number in values:
        found.add_metric([subject], number)
    return found


def _collect_tallies(counts: Counts) -> Iterator[Metric]:
    """Also those of which nothing was counted yet: rules and dashboards find them."""
    counters = {
        metric: CounterMetricFamily(f"baton_{metric}", doc, labels=labels) for metric, (doc, labels) in COUNTERS.items()
    }
    times: dict[tuple[str, ...], dict[str, int]] = {}
    for (metric, *labels), count in sorted(counts.items()):
        if metric in counters:
            counters[metric].add_metric(labels, count)
        elif metric in HISTOGRAMS:
            times.setdefault((metric, *labels[:-1]), {})[labels[-1]] = count
    yield from counters.values()
    histograms = {
        metric: HistogramMetricFamily(f"baton_{metric}", doc, labels=labels)
        for metric, (doc, labels) in HISTOGRAMS.items()
    }
    for (metric, *labels), found in times.items():
        sums = accumulate(found.get(str(place), 0) for place in range(len(BOUNDS_S) + 1))
        bounds = [*(str(float(bound)) for bound in BOUNDS_S), "+Inf"]
        histograms[metric].add_metric(labels, [*zip(bounds, sums, strict=True)], found.get(SUM, 0) / 1000)
    yield from histograms.values()
