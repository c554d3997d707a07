"""A sink by its kind. Its library is loaded only when a sink of that kind is there."""

from __future__ import annotations

from baton.connect.options import load_class, resolve_options
from baton.connect.out.sink import Sink
from baton.secrets import SecretMissing, SecretResolver, SecretUnavailable
from baton.service import SinkSettings
from baton.settings import WrongSetting

_KINDS: dict[str, tuple[str, str | None]] = {
    "valkey": ("valkey:ValkeySink", None),
    "webhook": ("webhook:WebhookSink", None),
    "rabbitmq": ("rabbitmq:RabbitMqSink", "rabbitmq"),
    "kafka": ("kafka:KafkaSink", "kafka"),
    "sqs": ("sqs:SqsSink", "sqs"),
    "otlp": ("otlp:OtlpSink", "otlp"),
    "zipkin": ("zipkin:ZipkinSink", None),
}
"""Its class, and the extra that brings its library."""


def open_sink(settings: SinkSettings, secrets: SecretResolver) -> Sink:
    """Not connected yet. Raises WrongSetting."""
    path, extra = _KINDS[settings.kind]
    try:
        return load_class(f"out.{path}", extra)(resolve_options(settings.options, secrets))
    except (ValueError, OSError, SecretMissing, SecretUnavailable) as error:
        raise WrongSetting(f"Expected sink '{settings.name}' of BATON_SINKS_FILE to be right, but {error}") from None
