"""From where a Baton can be reached, and what it must have for that. Beyond loopback nothing is open by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from baton.launcher.errors import CannotStart
from baton.launcher.tls import check_certificate, read_fingerprint
from baton.web import WebSettings
from baton.web.settings import is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Who may come in, and whether by a proxy."""

    requires_sign_in: bool
    behind_proxy: bool
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None

    def make_environment(self) -> dict[str, str]:
        """What the web reads."""
        sign_in = "required" if self.requires_sign_in else "open"
        return {"BATON_SIGN_IN": sign_in, "BATON_BEHIND_PROXY": str(self.behind_proxy).lower()}

    @property
    def scheme(self) -> str:
        """Of the addresses of this Baton's own web."""
        return "http" if self.tls_cert is None else "https"

    def make_client_environment(self) -> dict[str, str]:
        """By what its own processes know the web: they ask by an address that the certificate need not name."""
        return {} if self.tls_cert is None else {"BATON_SERVER_FINGERPRINT": read_fingerprint(self.tls_cert)}


def read_exposure(
    bind: str,
    sign_in: bool | None,
    behind_proxy: bool,
    environment: Mapping[str, str] | None = None,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
) -> Exposure:
    """What was said on the command line, else the settings. Raises CannotStart with all that is missing.

    ``sign_in`` None: not said.
    """
    settings = WebSettings.from_environment(environment, bind=bind)
    found = Exposure(
        requires_sign_in=settings.requires_sign_in if sign_in is None else sign_in,
        behind_proxy=behind_proxy or settings.behind_proxy,
        tls_cert=tls_cert or settings.tls_cert,
        tls_key=tls_key or settings.tls_key,
        tls_client_ca=settings.tls_client_ca,
    )
    _check_tls(found)
    if found.requires_sign_in and not is_loopback(bind):
        _check_beyond_loopback(bind, settings, found)
    return found


def _check_tls(exposure: Exposure) -> None:
    if exposure.tls_cert is not None:
        check_certificate(exposure.tls_cert, exposure.tls_key, exposure.tls_client_ca)
    elif exposure.tls_key is not None or exposure.tls_client_ca is not None:
        raise CannotStart(
            "Expected a certificate (--tls-cert) with the key or the authorities of clients, but found none"
        )


def _check_beyond_loopback(bind: str, settings: WebSettings, exposure: Exposure) -> None:
    missing: list[str] = []
    if not exposure.behind_proxy and exposure.tls_cert is None:
        missing.append(
            "passwords and keys must not travel unencrypted: give it a certificate with --tls-cert and --tls-key, or "
            "put a proxy with TLS before it and say --behind-proxy"
        )
    if not settings.names_hosts:
        missing.append(
            "pages of other sites must not reach it: set BATON_HOSTS to the names that it is asked by, such as "
            "BATON_HOSTS=baton.example.com"
        )
    if missing:
        points = "".join(f"\n  - {text}" for text in missing)
        raise CannotStart(
            f"Expected what a Baton needs that others can reach at {bind}, but:{points}\n"
            "Where everybody who can reach it may do everything, say --open-to-everybody."
        )
