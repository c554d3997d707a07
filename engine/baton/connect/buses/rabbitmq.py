"""RabbitMQ by pika, the client that its makers recommend for Python."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pika

from baton.connect.options import NUMBER, Kind, WrongOption

OPTIONS: Mapping[str, Kind] = {
    "ca_file": str,
    "cert": str,
    "key": str,
    "external": bool,
    "timeout": NUMBER,
}
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def make_parameters(given: Mapping[str, Any], timeout: float) -> pika.URLParameters:
    """Of a URL ``amqps://user:password@host/vhost``. ``external``: who we are, the client certificate says.

    Raises WrongOption, OSError for files that cannot be read.
    """
    address = urlsplit(str(given["url"]))
    if address.scheme not in ("amqp", "amqps") or not address.hostname:
        raise WrongOption("the option 'url' is not like amqps://user:password@host/vhost")
    found = pika.URLParameters(given["url"])
    found.connection_attempts = 1
    found.socket_timeout = found.stack_timeout = found.blocked_connection_timeout = timeout
    found.heartbeat = max(1, round(timeout))
    if address.scheme == "amqps":
        context = ssl.create_default_context(cafile=given.get("ca_file"))
        if "cert" in given:
            context.load_cert_chain(given["cert"], given.get("key"))
        found.ssl_options = pika.SSLOptions(context, address.hostname)
    elif given.keys() & {"ca_file", "cert", "key"}:
        raise WrongOption("certificates need a url that begins with amqps")
    if given.get("external"):
        found.credentials = pika.credentials.ExternalCredentials()
    return found
