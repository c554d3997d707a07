"""TLS to a Baton: an authority of one's own, a client certificate, or the fingerprint of the server's certificate."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions:
    """``ca_file``: authorities in PEM, in place of the usual ones. ``cert``, ``key``: files in PEM that prove who asks.

    ``fingerprint``: SHA-256 of the server's certificate in hexadecimal; then its name and authority do not matter.
    """

    ca_file: str | None = None
    cert: str | None = None
    key: str | None = None
    fingerprint: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> TlsOptions:
        """BATON_CA_FILE, BATON_CLIENT_CERT, BATON_CLIENT_KEY, BATON_SERVER_FINGERPRINT."""
        given = os.environ if environment is None else environment
        return cls(
            ca_file=given.get("BATON_CA_FILE") or None,
            cert=given.get("BATON_CLIENT_CERT") or None,
            key=given.get("BATON_CLIENT_KEY") or None,
            fingerprint=given.get("BATON_SERVER_FINGERPRINT") or None,
        )


class PinnedAdapter(HTTPAdapter):
    """Accepts one certificate, whichever name it is for."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """requests' own method; the fingerprint is checked by urllib3."""
        super().init_poolmanager(*args, **options, assert_fingerprint=self._fingerprint)


class TlsSession(requests.Session):
    """What was said here goes before ``REQUESTS_CA_BUNDLE``, which the library prefers."""

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """The library's own method."""
        said = self.verify if verify is None and self.verify is not True else verify
        return super().merge_environment_settings(url, proxies, stream, said, cert)


def make_session(options: TlsOptions | None = None) -> requests.Session:
    """A session with these options; by default those of the environment."""
    given = options or TlsOptions.from_environment()
    session = TlsSession()
    if given.fingerprint:
        session.verify = False  # nothing else would be looked at: the fingerprint says it all
        session.mount("https://", PinnedAdapter(given.fingerprint))
    elif given.ca_file:
        session.verify = given.ca_file
    if given.cert:
        session.cert = (given.cert, given.key) if given.key else given.cert
    return session


def make_ssl_context(options: TlsOptions) -> ssl.SSLContext:
    """The same for a client that takes a context; ``fingerprint`` it must check itself."""
    context = ssl.create_default_context(cafile=options.ca_file)
    if options.fingerprint:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if options.cert:
        context.load_cert_chain(options.cert, options.key)
    return context
