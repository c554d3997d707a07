"""The small form of ``make fuzz-api``."""

from __future__ import annotations

import pytest

from baton.service import Engine
from baton.web import create_app
from tests.web.fuzz import SETTINGS, fuzz


@pytest.mark.slow
def test_the_server_answers_every_operation_as_described(engine: Engine) -> None:
    assert fuzz(create_app(engine, SETTINGS), examples=2, start=1) == {}
