"""What listeners of the live feed share, and what they take without being woken."""

from __future__ import annotations

import threading

from baton.model.records import InstanceHeader, InstanceState
from baton.service import Engine, LiveBatch, LiveItem
from tests.running import until


def make_batch(*keys: str) -> LiveBatch:
    return LiveBatch(tuple(LiveItem(f"0-{number}", key, (), make_header(key)) for number, key in enumerate(keys)))


def make_header(key: str) -> InstanceHeader:
    return InstanceHeader(
        id=key, definition_id=f"{key}:1", definition_key=key, state=InstanceState.ACTIVE, started_at=0
    )


def is_order(header: InstanceHeader) -> bool:
    return header.definition_key == "order"


def is_invoice(header: InstanceHeader) -> bool:
    return header.definition_key == "invoice"


def test_listeners_of_the_same_rights_share_what_is_within_them_and_others_see_nothing_of_it(engine: Engine) -> None:
    one, two = (engine.live.subscribe(wants=is_order, rights="orders") for _ in range(2))
    other = engine.live.subscribe(wants=is_invoice, rights="invoices")
    batch = make_batch("order", "secret", "order")

    for listener in (one, two, other):
        listener.offer(batch)

    found = [listener.wait_for_batch(0) for listener in (one, two, other)]
    assert found[0] is found[1]
    assert found[0] is not None
    assert [item.instance_id for item in found[0].items] == ["order", "order"]
    assert found[2] is None
    for listener in (one, two, other):
        listener.close()


def test_what_is_taken_while_one_waits_wakes_nobody_and_nothing_overtakes_what_was_not_taken(engine: Engine) -> None:
    listener = engine.live.subscribe()
    taken: list[LiveBatch] = []
    takes = [True, False]
    woken_by: list[LiveBatch | None] = []

    def take(batch: LiveBatch) -> bool:
        taken.append(batch)
        return takes.pop(0)

    waiting = threading.Thread(target=lambda: woken_by.append(listener.wait_for_batch(60, take)))
    waiting.start()
    until(lambda: listener._take is not None or None, 30)
    first, second, third = (make_batch(key) for key in ("first", "second", "third"))

    for batch in (first, second, third):
        listener.offer(batch)
    waiting.join(30)

    assert [batch.items for batch in taken] == [first.items, second.items]
    assert woken_by == [second]
    assert listener.wait_for_batch(0, take) is third
    listener.close()
