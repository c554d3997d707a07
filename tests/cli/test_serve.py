"""What ``baton serve`` says before it starts anything."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from baton.cli import main

CANNOT_START = 4


def serve(data: Path, **environment: str) -> Result:
    return CliRunner().invoke(main, ["serve", "--data", str(data), "--port", "0"], env=environment)


def test_all_settings_that_are_refused_are_named_and_nothing_is_made(tmp_path: Path) -> None:
    found = serve(tmp_path / "data", BATON_PARTITIONS="many", BATON_MAX_STREAMS="x")

    assert found.exit_code == CANNOT_START
    assert "Expected BATON_PARTITIONS to be a whole number of at least 1, but found 'many'" in found.output
    assert "Expected BATON_MAX_STREAMS to be" in found.output
    assert not (tmp_path / "data").exists()


def test_a_misspelt_setting_gets_a_warning(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, so that it goes no further")

    found = serve(tmp_path / "data", BATON_REPLICA="1")

    assert "BATON_REPLICA is set, but there is no such setting; did you mean BATON_REPLICAS?" in found.output
    assert "Expected" in found.output
