"""The contract runs on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from baton.store.store import Store, open_store


@pytest.fixture
def store(valkey: str) -> Iterator[Store]:
    opened = open_store(valkey, partitions=4)
    yield opened
    opened.close()
