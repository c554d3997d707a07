"""What ``baton serve`` says before it starts anything."""

from __future__ import annotations

from pathlib import Path

import pytest
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


@pytest.mark.parametrize(
    ("more", "environment"),
    [([], {"BATON_COMPACT_HISTORY": "false"}), (["--redis-url", "redis://nowhere:1"], {})],
    ids=["it is said", "a store of its own"],
)
def test_variables_are_not_indexed_beside_what_may_be_an_earlier_release(
    tmp_path: Path, more: list[str], environment: dict[str, str]
) -> None:
    arguments = ["serve", "--data", str(tmp_path / "data"), "--port", "0", *more]

    found = CliRunner().invoke(main, arguments, env={"BATON_INDEXED_VARIABLES": "order", **environment})

    assert found.exit_code == CANNOT_START
    assert "Expected BATON_COMPACT_HISTORY=true beside BATON_INDEXED_VARIABLES" in found.output
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("sinks", "expected"),
    [
        (None, "Expected in the file that BATON_SINKS_FILE names"),
        ('[[sink]]\nname = "billing"\nkind = "letter"\n', "kind"),
        (
            '[[sink]]\nname = "billing"\nkind = "webhook"\nurl = "https://b.example"\nsecret = "${secrets.HOOK}"\n',
            "set BATON_SECRET_HOOK",
        ),
    ],
)
def test_a_sink_that_cannot_be_is_named_and_nothing_is_made(tmp_path: Path, sinks: str | None, expected: str) -> None:
    file = tmp_path / "sinks.toml"
    if sinks is not None:
        file.write_text(sinks)

    found = serve(tmp_path / "data", BATON_SINKS_FILE=str(file))

    assert expected in found.output
    assert "Traceback" not in found.output
    assert not (tmp_path / "data").exists()
