"""A sink by its kind. Its library is loaded only when a sink of that kind is there."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from baton.connect.out.sink import Sink
from baton.secrets import SecretMissing, SecretResolver, SecretUnavailable
from baton.service import SinkSettings
from baton.settings import WrongSetting

_KINDS = {"valkey": "valkey:ValkeySink", "webhook": "webhook:WebhookSink"}


def open_sink(settings: SinkSettings, secrets: SecretResolver) -> Sink:
    """Not connected yet. Raises WrongSetting."""
    module, _, name = _KINDS[settings.kind].partition(":")
    make: Callable[..., Sink] = getattr(import_module(f"baton.connect.out.{module}"), name)
    try:
        options = {
            key: secrets.resolve(value) if isinstance(value, str) else value for key, value in settings.options.items()
        }
        return make(options)
    except (ValueError, OSError, SecretMissing, SecretUnavailable) as error:
        raise WrongSetting(f"Expected sink '{settings.name}' of BATON_SINKS_FILE to be right, but {error}") from None
