"""What tests of indexed variables share: queries, and what the index has and has to have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import redis

from baton.service import Engine, InstanceQuery
from baton.service.core.queries import VariableFilter
from baton.service.core.search import Search
from baton.store import keys
from baton.store.variable_entries import IndexedVariables

NAMES = ("customer", "order")
ALL = InstanceQuery(include_ended=True)
HOUR = 3_600_000


def complete(engine: Engine) -> None:
    while engine.store.variables.complete(engine.clock.now()):
        pass


def ask_for(name: str, value: Any, **more: Any) -> InstanceQuery:
    return replace(ALL, variables=(VariableFilter(name=name, operator="eq", value=value),), **more)


def list_found(engine: Engine, query: InstanceQuery) -> list[str]:
    found = [header.id for header in engine.instances.find(query)]
    assert engine.instances.count(query) == len(found)
    return found


def read_entries(engine: Engine) -> set[tuple[str, str]]:
    """What the index has in the store: names and instances."""
    found: list[tuple[str, str]] = []
    client: Any = redis.Redis.from_url(engine.settings.redis_url)
    for prefix in map(keys.make_tag, engine.store.partitions):
        for key in client.scan_iter(f"{prefix}:vx:*"):
            name = key.decode().rpartition(":vx:")[2]
            found += [(name, member.decode().rpartition("\0")[2]) for member in client.zrange(key, 0, -1)]
    assert len(found) == len(set(found)), "each instance has one entry for a name"
    return set(found)


def read_wanted_entries(engine: Engine) -> set[tuple[str, str]]:
    """What it has to have by the states."""
    found: set[tuple[str, str]] = set()
    marks = IndexedVariables(NAMES)
    for header in engine.instances.find(ALL):
        values = engine.instance_reader.get_variables(header.id)
        found |= {(name, header.id) for name in marks.make_marks(values)}
    return found


def count_read(engine: Engine, query: InstanceQuery) -> int:
    """How many instances a list reads, of which a search may read all."""
    search = Search(1_000_000)
    engine.instances.find(replace(query, limit=50), search)
    return search.read
