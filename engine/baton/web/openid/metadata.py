"""What a provider says about itself, and the keys that it signs with; both are kept for a while."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, cast

import requests
from joserfc.jwk import KeySet

from baton.web.openid.errors import ProviderFailed

TIMEOUT_S = 10
LASTS_MS = 3_600_000
SOONEST_MS = 60_000
"""A token of an unknown key makes the keys be fetched again, at most so often."""
LARGEST = 1024 * 1024
"""Bytes of a document."""


class ProviderMetadata:
    """OpenID Connect Discovery 1.0. Safe for threads. Raises ProviderFailed when there is no use in the answer."""

    def __init__(self, issuer: str, now: Callable[[], int]) -> None:
        self._issuer, self._now = issuer, now
        self._lock = threading.Lock()
        self._described: tuple[int, dict[str, Any]] | None = None
        self._keys: tuple[int, KeySet] | None = None

    def describe(self) -> dict[str, Any]:
        """The provider's own description."""
        with self._lock:
            if self._described is None or self._now() - self._described[0] > LASTS_MS:
                self._described = self._now(), self._fetch_description()
            return self._described[1]

    def get_keys(self, *, renew: bool = False) -> KeySet:
        """The keys to check signatures with. ``renew``: there was a key that is not among them."""
        address = self.describe()["jwks_uri"]
        with self._lock:
            lasts = SOONEST_MS if renew else LASTS_MS
            if self._keys is None or self._now() - self._keys[0] > lasts:
                try:
                    self._keys = self._now(), KeySet.import_key_set(cast("Any", fetch_json(address)))
                except (ValueError, KeyError) as error:
                    raise ProviderFailed("unavailable", f"Expected a set of keys at {address}, but: {error}") from error
            return self._keys[1]

    def _fetch_description(self) -> dict[str, Any]:
        found = fetch_json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise ProviderFailed(
                "unavailable", f"Expected the provider to be '{self._issuer}', but it says '{found.get('issuer')}'"
            )
        missing = [
            name for name in ("authorization_endpoint", "token_endpoint", "jwks_uri") if not _is_address(found, name)
        ]
        if missing:
            raise ProviderFailed("unavailable", f"Expected the provider's {', '.join(missing)}, but found none")
        return found


def fetch_json(address: str, token: str | None = None) -> dict[str, Any]:
    """An object of the provider's. ``token``: allows it. Raises ProviderFailed."""
    headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with requests.get(address, headers=headers, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            answer.raise_for_status()
            text = answer.raw.read(LARGEST, decode_content=True)
            found = json.loads(text)
    except (requests.RequestException, ValueError) as error:
        raise ProviderFailed("unavailable", f"Expected an answer of the provider at {address}, but: {error}") from error
    if not isinstance(found, dict):
        raise ProviderFailed("unavailable", f"Expected an object at {address}, but found something else")
    return cast("dict[str, Any]", found)


def _is_address(found: dict[str, Any], name: str) -> bool:
    value = found.get(name)
    return isinstance(value, str) and value.startswith(("https://", "http://"))
