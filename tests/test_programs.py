"""A test that needs a program is skipped without it, but never in CI."""

from __future__ import annotations

import pytest

from tests.programs import require_program


def test_the_first_program_that_is_there_is_taken() -> None:
    assert require_program("no-such-program", "sh").endswith("/sh")


def test_without_the_program_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATON_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Expected the program 'no-such-program'"):
        require_program("no-such-program")


def test_where_everything_is_required_a_test_without_its_program_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="Expected the program 'no-such-program'"):
        require_program("no-such-program")
