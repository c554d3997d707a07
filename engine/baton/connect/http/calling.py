"""A whole call: each address on its way is checked, also those of redirects."""

from __future__ import annotations

import ssl
from dataclasses import replace
from urllib.parse import urljoin

import baton
from baton.connect.http.addresses import Resolve, choose_address, resolve_name
from baton.connect.http.deadline import Deadline
from baton.connect.http.errors import CallRefused
from baton.connect.http.exchange import HttpAnswer, Message, exchange
from baton.connect.http.request import HttpRequest
from baton.connect.http.target import Target, parse_target
from baton.connect.settings import ConnectSettings

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOLLOWED = frozenset({"GET", "HEAD"})
_AGENT = f"Baton/{baton.__version__}"


class HttpCaller:
    """Raises WrongSetting for certificates that cannot be read."""

    def __init__(self, settings: ConnectSettings, resolve: Resolve = resolve_name) -> None:
        self._settings, self._resolve = settings, resolve
        self._hosts, self._private = settings.allowed_hosts, settings.private_networks
        self._tls = make_tls_context(settings)

    def find_target(self, request: HttpRequest) -> Target:
        """Where the request goes. Raises CallRefused."""
        target = parse_target(request.url)
        if not self._hosts.are_allowed(target.scheme, target.host, target.port):
            raise CallRefused(
                f"Expected a host that the operator allows in BATON_HTTP_HOSTS, but found {target.origin}"
            )
        return target

    def call(self, request: HttpRequest, target: Target) -> HttpAnswer:
        """Raises CallRefused, NotAnswered."""
        limit = self._settings.http_max_bytes
        if request.body is not None and len(request.body) > limit:
            raise CallRefused(f"Expected a body of at most {limit:,} bytes, but found {len(request.body):,}")
        deadline = Deadline(min(request.timeout or self._settings.http_timeout_s, self._settings.http_timeout_s))
        message = Message(method=request.method, headers={"User-Agent": _AGENT, **request.headers}, body=request.body)
        for _ in range(MAX_REDIRECTS + 1):
            address = choose_address(target, self._private, self._resolve)
            answer = exchange(target, address, message, deadline, limit, self._tls)
            location = answer.get_header("Location")
            if answer.status not in _REDIRECTS or location is None or message.method not in _FOLLOWED:
                return answer
            before, target = target, self._follow(request, target, location)
            if target.origin != before.origin:
                # What the model sends to one host is not for another.
                message = replace(message, headers={"User-Agent": _AGENT})
        raise CallRefused(f"Expected at most {MAX_REDIRECTS} redirects, but {target.origin} is still not the end")

    def _follow(self, request: HttpRequest, target: Target, location: str) -> Target:
        url = urljoin(target.origin + target.resource, location.partition("#")[0])
        found = self.find_target(replace(request, url=url))
        if target.scheme == "https" and found.scheme != "https":
            raise CallRefused(f"Expected a redirect that stays encrypted, but it leads to {found.origin}")
        return found


def make_tls_context(settings: ConnectSettings) -> ssl.SSLContext:
    """Raises OSError for a file that cannot be read."""
    context = ssl.create_default_context(cafile=str(settings.http_ca_file) if settings.http_ca_file else None)
    if settings.http_client_cert is not None:
        context.load_cert_chain(settings.http_client_cert, settings.http_client_key)
    return context
