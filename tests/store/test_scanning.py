"""Many sorted sets read as one: against a plain sorted list."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from baton.store.scanning import Span, count, scan
from baton.store.store import Store

MOST = 400
MOMENTS = st.integers(0, 40)
BOUNDS = st.none() | MOMENTS
NAMES = ("{p00}:one", "{p01}:two", "{p02}:three", "{p03}:four")
MEMBERS = st.dictionaries(st.integers(0, MOST).map(lambda number: f"id-{number:03d}"), MOMENTS, max_size=MOST)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=MEMBERS, spread=st.integers(1, 4), descending=st.booleans(), low=BOUNDS, high=BOUNDS, data=st.data())
def test_members_of_many_sets_come_once_and_in_order(
    store: Store,
    valkey: str,
    members: dict[str, int],
    spread: int,
    descending: bool,
    low: int | None,
    high: int | None,
    data: st.DataObject,
) -> None:
    # given members in some of the sets, as evenly or unevenly as it comes
    client: Any = Redis.from_url(valkey)
    client.delete(*NAMES)
    for id_, moment in members.items():
        client.zadd(NAMES[int(id_[3:]) % spread], {id_: moment})
    client.close()
    expected = sorted(
        (moment, id_)
        for id_, moment in members.items()
        if (low is None or moment >= low) and (high is None or moment <= high)
    )
    expected = expected[::-1] if descending else expected
    span = Span(NAMES, descending, low, high)
    first = data.draw(st.integers(0, len(expected) + 3))

    # when they are read as one
    found = [item for part in scan(store.backend.read, span, first) for item in part]

    # then they are those of a list
    assert found == expected[first:]
    assert count(store.backend.read, span) == len(expected)
