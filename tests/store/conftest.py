"""The contract runs on the in-memory twin and on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from baton.store.store import Store, open_store


@pytest.fixture(params=["memory", "valkey"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    url = "memory://" if request.param == "memory" else request.getfixturevalue("valkey")
    opened = open_store(url, partitions=4)
    yield opened
    opened.close()
