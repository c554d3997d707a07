"""A stranger's evening, in the environment of the tests; ``make soak`` spends one with the installed wheel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.e2e.evening import spend_evening

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.mark.timeout(600)
def test_an_own_process_is_written_tested_broken_and_repaired_by_command_line_alone(tmp_path: Path) -> None:
    spend_evening(tmp_path, Path(sys.executable).parent)
