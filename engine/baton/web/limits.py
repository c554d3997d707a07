"""How much one caller may ask for: requests and starts in a minute, streams and long polls at once."""

from __future__ import annotations

from collections.abc import Callable

from baton.service import Caller, RateLimiter
from baton.web.open_requests import OfCaller, OpenRequests
from baton.web.settings import WebSettings

START = "process-definition:start"


class CallersLimits:
    """Off on loopback, unless the settings say otherwise."""

    def __init__(self, rates: RateLimiter, settings: WebSettings) -> None:
        self._rates = rates
        self._requests = settings.get_limit("requests_per_minute")
        self._starts = settings.get_limit("starts_per_minute")
        self._streams = settings.get_limit("streams_per_caller")
        self._polls = settings.get_limit("long_polls_per_caller")

    def count(self, caller: Caller, needs: str) -> None:
        """A request has come. Raises TooManyRequests."""
        if self._requests is not None:
            self._rates.count(str(caller), "requests", self._requests)
        if self._starts is not None and needs == START:
            self._rates.count(str(caller), "starts", self._starts)

    def make_open_requests(self, all_: OpenRequests, caller: Caller, is_allowed: Callable[[], bool]) -> OfCaller:
        """The caller's share of the requests that stay open."""
        return OfCaller(all_, str(caller), is_allowed, self._streams, self._polls)
