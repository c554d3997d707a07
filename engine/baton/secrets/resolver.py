"""Puts secrets into texts, and hides them again."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from baton.secrets.settings import SecretSettings
from baton.secrets.sources import SecretMissing, list_sources
from baton.settings import read_secrets

REFERENCE = re.compile(r"\$\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]{0,99})\s*\}")
HIDDEN = "***"
MOST = 1_000
"""Values in memory."""


class SecretResolver:
    """Thread-safe. A value is remembered in memory for as long as the settings say, and hidden for as long."""

    def __init__(
        self,
        settings: SecretSettings,
        environment: Mapping[str, str] | None = None,
        read_time: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources = list(list_sources(settings, read_secrets(environment)))
        self._seconds, self._read_time = settings.secrets_seconds, read_time
        self._found: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def resolve(self, text: str) -> str:
        """The text with the values of all secrets that it names. Raises SecretMissing, SecretUnavailable."""
        return REFERENCE.sub(lambda found: self.get(found[1]), text)

    def get(self, name: str) -> str:
        """The value of one secret. Raises SecretMissing, SecretUnavailable."""
        now = self._read_time()
        with self._lock:
            value, until = self._found.get(name, ("", now))
        return value if now < until else self._read(name, now)

    def hide(self, text: str) -> str:
        """The text without the values that have been given out: for messages, logs and what is stored of an answer."""
        with self._lock:
            values = sorted({value for value, _ in self._found.values() if value}, key=len, reverse=True)
        for value in values:
            text = text.replace(value, HIDDEN)
        return text

    def _read(self, name: str, now: float) -> str:
        value = next((value for source in self._sources if (value := source(name)) is not None), None)
        if value is None:
            raise SecretMissing(
                f"Expected a secret '{name}' of the operator, but there is none: set BATON_SECRET_{name}, or put it "
                "where BATON_SECRETS_FOLDER or BATON_SECRETS_COMMAND finds it"
            )
        with self._lock:
            self._found[name] = (value, now + self._seconds)
            self._found.move_to_end(name)
            while len(self._found) > MOST:
                self._found.popitem(last=False)
        return value
