"""A host that says yes, and engines on one store as the tests of the service have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connect.hosts import Host, reply, serve
from tests.service.conftest import clock, engines, url

__all__ = ["clock", "engines", "host", "url"]


@pytest.fixture
def host() -> Iterator[Host]:
    with serve(reply(body=b'{"id": 7}', content_type="application/json")) as found:
        yield found
