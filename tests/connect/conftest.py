"""A host that says yes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connect.hosts import Host, reply, serve


@pytest.fixture
def host() -> Iterator[Host]:
    with serve(reply(body=b'{"id": 7}', content_type="application/json")) as found:
        yield found
