"""What an operator sets about the engine."""

from __future__ import annotations

import pytest

from baton.service import Settings, WrongSetting, assemble


def test_an_engine_without_a_store_is_not_made() -> None:
    with pytest.raises(WrongSetting, match="Expected BATON_REDIS_URL to say where the Valkey or Redis is"):
        assemble(Settings())
