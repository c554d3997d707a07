"""What the operator allows processes to call over HTTP; nothing unless it is said here."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from baton.connect.hosts import AllowedHosts
from baton.settings import DefaultText, RoomSettings

Network = IPv4Network | IPv6Network
Positive = Annotated[int, Field(ge=1)]


class ConnectSettings(RoomSettings):
    """The HTTP connector, which [calls other systems](../how-to/call-over-http.md) for processes."""

    http_hosts: Annotated[str, DefaultText("none: no calls")] = ""
    """The hosts that processes may call, by commas: `api.example.com` (with https, port 443), `api.example.com:8443`,
    `*.example.com`, `http://legacy.example.com`; `*` is every host with a public address."""
    http_private_networks: Annotated[str, DefaultText("none")] = ""
    """Networks that are not public and may be called nevertheless: `10.1.0.0/16,127.0.0.1/32`. Addresses at which
    clouds give out credentials are never called."""
    http_ca_file: Annotated[Path | None, DefaultText("the usual ones")] = None
    """Authorities in PEM that the connector trusts in place of the usual ones."""
    http_client_cert: Annotated[Path | None, DefaultText("none")] = None
    """The client certificate that the connector shows, in PEM, with its key or without."""
    http_client_key: Annotated[Path | None, DefaultText("none")] = None
    """The key of the client certificate, in PEM."""
    http_timeout_s: Annotated[float, Field(gt=0)] = 30.0
    """The longest that a call may take, in seconds, from the name's resolution to the last byte."""
    http_max_bytes: Positive = 1024 * 1024
    """The largest body that a call may send, and the largest that it may get."""
    http_calls_at_once: Positive = 8
    """How many calls one process makes at once."""
    http_breaker_failures: Positive = 5
    """After so many failures in a row a host is not called for a while."""
    http_breaker_topic_failures: Positive = 50
    """After so many failures in a row, whatever the hosts, no call of the topic is made for a while."""
    http_breaker_pause_s: Annotated[float, Field(gt=0)] = 30.0
    """How long a host or a topic is then not called, in seconds, before one call tries again."""

    @field_validator("http_hosts")
    @classmethod
    def _check_hosts(cls, text: str) -> str:
        AllowedHosts.parse(text)
        return text

    @field_validator("http_ca_file", "http_client_cert", "http_client_key")
    @classmethod
    def _check_file(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError("a file that is there")
        return path

    @field_validator("http_private_networks")
    @classmethod
    def _check_networks(cls, text: str) -> str:
        _parse_networks(text)
        return text

    @property
    def allowed_hosts(self) -> AllowedHosts:
        return AllowedHosts.parse(self.http_hosts)

    @property
    def private_networks(self) -> tuple[Network, ...]:
        return _parse_networks(self.http_private_networks)


def _parse_networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(item.strip()) for item in text.split(",") if item.strip())
    except ValueError as error:
        raise ValueError(f"networks such as '10.1.0.0/16', but {error}") from None
