"""What headers gained lies beside their row, so that earlier releases can still read the row."""

from __future__ import annotations

from dataclasses import replace

from baton.model.headers import read_header, write_header
from baton.model.records import InstanceHeader, InstanceState
from baton.model.rows import to_row

PLAIN = InstanceHeader(
    id="i", definition_id="p:1:d", definition_key="p", state=InstanceState.ACTIVE, started_at=1, position=7
)
SHOWN = replace(PLAIN, waiting="person", undone=True)


def test_the_row_is_what_earlier_releases_write_and_read() -> None:
    assert write_header(SHOWN)["h"] == to_row(PLAIN)
    assert write_header(PLAIN) == {"h": to_row(PLAIN)}


def test_the_status_comes_back() -> None:
    assert read_header(write_header(SHOWN)) == SHOWN


def test_a_status_of_an_earlier_position_no_longer_counts() -> None:
    """An earlier release has committed a turn since, and left it as it was."""
    later = write_header(replace(PLAIN, position=8))

    assert read_header({**write_header(SHOWN), **later}) == replace(PLAIN, position=8)
