"""The small form of ``make fuzz-api``."""

from __future__ import annotations

import pytest

from baton.model.identity import Role
from baton.service import Engine
from baton.web import create_app
from tests.web.fuzz import SETTINGS, fuzz, fuzz_as


@pytest.mark.slow
@pytest.mark.longest
@pytest.mark.timeout(900)
def test_the_server_answers_every_operation_as_described(engine: Engine) -> None:
    assert fuzz(create_app(engine, SETTINGS), examples=2, start=1) == {}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_administrator_of_one_tenant_meets_no_fault_and_nothing_of_another(engine: Engine) -> None:
    assert fuzz_as([Role.ADMINISTRATOR], engine, examples=1, start=1) == {}


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("role", Role)
def test_each_role_of_one_tenant_meets_no_fault_and_nothing_of_another(engine: Engine, role: Role) -> None:
    assert fuzz_as([role], engine, examples=20, start=1) == {}
