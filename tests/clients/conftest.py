from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import DEFINITIONS, Baton, running


@pytest.fixture(scope="session")
def baton() -> Iterator[Baton]:
    """A running Baton without demo workers: the clients under test do the work."""
    with running("--no-samples", "--web-processes", "1") as baton:
        baton.deploy(DEFINITIONS / "order-fulfilment" / "order-fulfilment.bpmn")
        yield baton
