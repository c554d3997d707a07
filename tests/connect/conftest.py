"""A host that says yes, brokers, and engines on one store as the tests of the service have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connect.brokers import Broker, running
from tests.connect.buses import BUSES, Bus
from tests.connect.hosts import Host, reply, serve
from tests.service.conftest import clock, engines, url

__all__ = ["clock", "engines", "host", "url"]


@pytest.fixture
def host() -> Iterator[Host]:
    with serve(reply(body=b'{"id": 7}', content_type="application/json")) as found:
        yield found


@pytest.fixture(scope="module", params=list(BUSES))
def broker(request: pytest.FixtureRequest) -> Iterator[tuple[type[Bus], Broker]]:
    """Started once for all tests of a file over it."""
    kind = BUSES[request.param]
    with running(kind.broker_kind) as started:
        yield kind, started


@pytest.fixture
def bus(broker: tuple[type[Bus], Broker]) -> Bus:
    kind, started = broker
    return kind(started)
