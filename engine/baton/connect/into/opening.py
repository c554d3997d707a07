"""A source by its kind. Its library is loaded only when a source of that kind is there."""

from __future__ import annotations

import socket

from baton.connect.into.intake import Intake
from baton.connect.into.source import Source
from baton.connect.options import load_class, resolve_options
from baton.secrets import SecretMissing, SecretResolver, SecretUnavailable
from baton.service import Engine, SourceSettings
from baton.settings import WrongSetting

_KINDS: dict[str, tuple[str, str | None]] = {
    "valkey": ("valkey:ValkeySource", None),
    "rabbitmq": ("rabbitmq:RabbitMqSource", "rabbitmq"),
    "kafka": ("kafka:KafkaSource", "kafka"),
    "sqs": ("sqs:SqsSource", "sqs"),
}
"""Its class, and the extra that brings its library."""


def open_source(settings: SourceSettings, secrets: SecretResolver, process: str) -> Source:
    """Not connected yet. Raises WrongSetting."""
    path, extra = _KINDS[settings.kind]
    consumer = f"{socket.gethostname()}-{process}"
    try:
        return load_class(f"into.{path}", extra)(resolve_options(settings.options, secrets), consumer)
    except (ValueError, OSError, SecretMissing, SecretUnavailable) as error:
        raise WrongSetting(f"Expected source '{settings.name}' of BATON_SINKS_FILE to be right, but {error}") from None


def open_intake(engine: Engine, settings: SourceSettings, secrets: SecretResolver) -> Intake:
    """Not connected yet. Raises WrongSetting."""
    return Intake(engine, settings.name, lambda: open_source(settings, secrets, engine.ids.process))
