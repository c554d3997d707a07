"""Kafka by confluent-kafka, which is librdkafka."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baton.connect.options import NUMBER, Kind, WrongOption

OPTIONS: Mapping[str, Kind] = {
    "tls": bool,
    "ca_file": str,
    "cert": str,
    "key": str,
    "key_password": str,
    "sasl": str,
    "user": str,
    "password": str,
    "timeout": NUMBER,
}
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_TLS = {
    "ca_file": "ssl.ca.location",
    "cert": "ssl.certificate.location",
    "key": "ssl.key.location",
    "key_password": "ssl.key.password",
}
CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"


def make_settings(given: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    """For librdkafka. ``servers``: ``host:port`` of some brokers, by commas. Raises WrongOption."""
    found: dict[str, Any] = {
        "bootstrap.servers": given["servers"],
        "client.id": "baton",
        "socket.timeout.ms": max(1_000, round(timeout * 1_000)),
        "reconnect.backoff.max.ms": 1_000,
    }
    tls = given.get("tls", bool(given.keys() & _TLS.keys()))
    if not tls and given.keys() & _TLS.keys():
        raise WrongOption("certificates need the option 'tls' to be true")
    found |= {_TLS[name]: given[name] for name in _TLS if name in given}
    found |= _make_sasl(given)
    found["security.protocol"] = ("SASL_" if "sasl" in given else "") + ("SSL" if tls else "PLAINTEXT")
    return found


def _make_sasl(given: Mapping[str, Any]) -> dict[str, str]:
    if "sasl" not in given:
        if given.keys() & {"user", "password"}:
            raise WrongOption(f"a user needs the option 'sasl', one of {', '.join(MECHANISMS)}")
        return {}
    if given["sasl"] not in MECHANISMS:
        raise WrongOption(f"the option 'sasl' is {given['sasl']!r}, not one of {', '.join(MECHANISMS)}")
    if not {"user", "password"} <= given.keys():
        raise WrongOption("the option 'sasl' needs a user and a password")
    return {"sasl.mechanism": given["sasl"], "sasl.username": given["user"], "sasl.password": given["password"]}
