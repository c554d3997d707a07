"""Sinks of tests, and processes that send to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis

from baton.connect.out import Pump, open_sink
from baton.connect.out.sink import Sent
from baton.connect.pauses import Pauses
from baton.secrets import SecretResolver, SecretSettings
from baton.service import Engine, OutgoingEvent
from tests.service.processes import MESSAGE, bpmn, external, line

STREAM = "out-of-baton"
SECRETS = SecretResolver(SecretSettings(), {"BATON_SECRET_HOOK": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"})


def throw(id_: str, message: str = "m1") -> str:
    fields = '<camunda:in sourceExpression="${total}" target="total"/><camunda:in source="iban" target="iban"/>'
    definition = f'<messageEventDefinition messageRef="{message}"><extensionElements>{fields}</extensionElements>'
    return f'<intermediateThrowEvent id="{id_}">{definition}</messageEventDefinition></intermediateThrowEvent>'


PAYING = bpmn(line(throw("one"), external("work"), throw("two")), key="paying", extra=MESSAGE)


def _to_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_to_toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def write_sinks(folder: Path, *sinks: dict[str, Any], sources: Sequence[dict[str, Any]] = ()) -> Path:
    """The file of BATON_SINKS_FILE."""
    tables = [*(("sink", sink) for sink in sinks), *(("source", source) for source in sources)]
    lines = [
        "\n".join([f"[[{table}]]", *(f"{key} = {_to_toml(value)}" for key, value in it.items())])
        for table, it in tables
    ]
    file = folder / "sinks.toml"
    file.write_text("\n\n".join(lines))
    return file


class ListSink:
    """Takes events into a list; ``answers`` are given in place of taking, one for each call."""

    at_once = 200

    def __init__(self, *answers: Sent) -> None:
        self.answers = list(answers)
        self.events: list[dict[str, Any]] = []

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        answer = self.answers.pop(0) if self.answers else Sent(len(events))
        self.events += [item.event for item in events[: answer.count]]
        return answer

    def close(self) -> None:
        self.events.clear()


def pump_of(engine: Engine, name: str, sink: Any = None) -> Pump:
    settings = next(it for it in engine.sinks.settings if it.name == name)
    return Pump(engine, settings, sink or open_sink(settings, SECRETS), Pauses(lambda: 1.0))


def read_stream(url: str, stream: str = STREAM) -> list[dict[str, Any]]:
    client: Any = redis.Redis
    with client.from_url(url) as open_client:
        return [json.loads(fields[b"event"]) for _, fields in open_client.xrange(stream)]
