"""Requests of sinks to a URL of the operator, on a connection that is kept."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import urllib3

from baton.connect.options import NUMBER, Kind, take_timeout

OPTIONS: dict[str, Kind] = {"timeout": NUMBER, "ca_file": str, "cert": str, "key": str}
"""What can be said of the connection."""
_ONCE_MORE = urllib3.Retry(1, redirect=0, status=0, allowed_methods=None, raise_on_redirect=False)
"""A connection that was kept open may have been closed meanwhile; receivers know a repeat by its id."""
UNREACHED = (urllib3.exceptions.HTTPError, OSError)
"""What ``post`` raises when there is no answer."""


class Poster:
    """``given``: the options of a sink, with those of the connection. Raises WrongOption, OSError."""

    def __init__(self, url: str, given: Mapping[str, Any]) -> None:
        self._url = url
        timeout = take_timeout(given)
        context = ssl.create_default_context(cafile=given.get("ca_file"))
        if "cert" in given:
            context.load_cert_chain(given["cert"], given.get("key"))
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=timeout), retries=_ONCE_MORE, ssl_context=context
        )

    def post(self, body: bytes, headers: Mapping[str, str], most: int = 300) -> tuple[int, bytes]:
        """The status and the beginning of the answer, ``most`` bytes. Raises what ``UNREACHED`` lists."""
        answer = self._pool.request(
            "POST", self._url, body=body, headers=headers, redirect=False, preload_content=False
        )
        try:
            return answer.status, answer.read(most)
        finally:
            answer.drain_conn()
            answer.release_conn()

    def close(self) -> None:
        self._pool.clear()
