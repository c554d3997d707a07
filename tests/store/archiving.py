"""Ended instances for tests of the archive, and all that a store says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from baton.model.called import CalledProcess, EndedProcess
from baton.model.records import InstanceHeader, InstanceState
from baton.model.values import Value
from baton.store.attachments import Attachment
from baton.store.comments import Comment
from baton.store.lists import Order
from baton.store.store import Store
from tests.store.building import LEASE, begin, decision, header, taken

COMPLETED, CANCELLED = InstanceState.COMPLETED, InstanceState.CANCELLED


def make_id(number: int) -> str:
    return f"{number:016x}-{number % 4:02d}"


def end(
    store: Store, number: int, *, at: int | None = None, called: Sequence[dict[str, Any]] = (), **more: Any
) -> InstanceHeader:
    """An instance that has started and ended, by two turns, with a variable and a business key, and what it called."""
    id_ = make_id(number)
    ended_at = 2000 + number if at is None else at
    facts: dict[str, Any] = {"business_key": f"order-{number % 3}", "started_at": 1000 + number, **more}
    begin(store, instance_id=id_, after=header(id_, **{**facts, "state": InstanceState.ACTIVE}))
    before = header(id_, **{**facts, "state": InstanceState.ACTIVE})
    after = replace(before, state=facts.get("state", COMPLETED), ended_at=ended_at, position=2)
    turn = taken(store, f"end-{id_}", instance_id=id_, create=False)
    ended = tuple(call(id_, token, **each) for token, each in enumerate(called, start=3))
    done = decision(before=before, after=after, put={"v0/amount": number}, called_ended=ended)
    store.turns.commit(turn, done, now=ended_at, lease_ms=LEASE)
    return after


def call(instance_id: str, token: int, *, ended_at: int, cancelled: bool = False, **facts: Any) -> EndedProcess:
    """A called process that has ended."""
    called = CalledProcess(id=f"{instance_id}.{token}", **facts)
    return EndedProcess(called=called, ended_at=ended_at, cancelled=cancelled, caller=0)


def comment(store: Store, id_: str, text: str = "look") -> Comment:
    written = Comment(id=f"c-{text}", instance_id=id_, task_id=f"{id_}.1", at=5, text=text)
    assert store.comments.add(written, 10)
    return written


def attach(store: Store, id_: str, content: bytes = b"scan") -> Attachment:
    attached = Attachment(id="a1", instance_id=id_, task_id=f"{id_}.1", at=5, name="scan", size=len(content))
    assert store.attachments.add(attached, content, 10)
    return attached


def tell_of(store: Store, id_: str) -> dict[str, Any]:
    """All that is read of one instance."""
    return {
        "fields": store.lists.read_fields(id_),
        "header": store.lists.get_headers([id_]),
        "variables": store.lists.read_variables([(id_, 0)], ["amount", "other"]),
        "history": store.history.read(id_),
        "middle": store.history.read(id_, 2, 2),
        "backwards": list(store.history.iterate_backwards(id_)),
        "each": store.history.read_each([id_]),
        "comments": store.comments.list(id_),
        "attachments": store.attachments.list(id_),
        "content": store.attachments.read_content(id_, "a1"),
        "removal": store.removals.read_each([id_]),
        "called": store.called.read_ended([f"{id_}.3", f"{id_}.4"]),
    }


def list_all(store: Store) -> dict[str, Any]:
    """What every list and count says."""
    found: dict[str, Any] = {}
    lists, definitions = store.lists, ["p:1:d", "q:1:d"]
    for state in InstanceState:
        found[f"ids {state}"] = lists.list_instance_ids(state)
        found[f"late {state}"] = lists.list_instance_ids(state, since=2010)
        found[f"count {state}"] = lists.count_in_state(state)
    for definition in definitions:
        found[f"ended {definition}"] = lists.list_ended(definition)
        found[f"until {definition}"] = lists.list_ended(definition, until=2012)
        found[f"newest {definition}"] = lists.list_newest_of(definition, 5)
    found["each"] = lists.count_each(definitions, ended=True)
    orders: list[Order] = ["start", "end", "both"]
    for order in orders:
        for descending in (False, True):
            for low, high in ((None, None), (2005, None), (None, 2015), (1003, 2011)):
                for ids in (None, definitions, definitions[:1]):
                    span = lists.make_span(
                        tuple(InstanceState), ids, by=order, descending=descending, low=low, high=high
                    )
                    name = f"{order} {descending} {low} {high} {ids}"
                    found[name] = [item for part in lists.scan(span) for item in part]
                    found[f"tail {name}"] = [item for part in lists.scan(span, 7) for item in part]
                    found[f"count {name}"] = lists.count(span)
                    some = replace(span, only=tuple(make_id(number) for number in range(0, 20, 3)))
                    found[f"some {name}"] = [item for part in lists.scan(some) for item in part]
                    found[f"tail of some {name}"] = [item for part in lists.scan(some, 2) for item in part]
                    assert found[f"some {name}"] == [item for item in found[name] if item[1] in (some.only or ())]
                    assert lists.count(some) == len(found[f"some {name}"])
    for by in orders:
        for ids in (None, definitions):
            span = store.called.make_span(tuple(InstanceState), ids, by=by)
            found[f"called {by} {ids}"] = [item for part in lists.scan(span) for item in part]
    found["called each"] = store.called.count_each(definitions, ended=True)
    found["called by key"] = sorted(store.called.find_by_business_key("K", ended=True))
    for span in (lists.make_undone_span(), lists.make_keyed_span(descending=True)):
        found[span.names[0]] = [item for part in lists.scan(span) for item in part]
        found[f"count {span.names[0]}"] = lists.count(span)
    for key, whole in (("order-1", True), ("order-", False), ("nothing", True)):
        found[f"key {key}"] = sorted(lists.find_by_business_key(key, whole=whole))
        few = lists.find_few_by_business_key(key, whole=whole, most=len(found[f"key {key}"]))
        assert few is not None
        assert sorted(few) == found[f"key {key}"]
    found["due"] = sorted(store.removals.list_due(10_000))
    return found


def count_keys(store: Store) -> int:
    """Of instances, in the store."""
    found: set[bytes] = set()
    cursor = b"0"
    while True:
        ((cursor, names),) = store.backend.read([("SCAN", cursor, "MATCH", "{p*}:[ihcf]*:*-*", "COUNT", 1000)])
        found.update(names)
        if cursor == b"0":
            return len(found)


def set_removal(store: Store, id_: str, moment: int) -> None:
    assert store.removals.set(id_, moment)


def get_variable(store: Store, id_: str) -> Value:
    return store.lists.read_variables([(id_, 0)], ["amount"])[id_, 0]["amount"]
