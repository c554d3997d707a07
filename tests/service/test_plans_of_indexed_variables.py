"""The index of variables is turned on and off, made again, and noticed to be wrong beside processes without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis

from baton.model.commands import (
    CancelInstance,
    SetVariables,
)
from baton.service import Engine, Settings
from baton.settings import WrongSetting
from baton.store import keys
from baton.store.variable_entries import IndexedVariables
from baton.store.variable_keys import INDEXED_NAMES, MARK, name_plan, name_variable
from baton.workers.loops import Indexing
from tests.service.conftest import Clock
from tests.service.fixtures.record import KEY
from tests.service.indexing import (
    HOUR,
    NAMES,
    ask_for,
    complete,
    count_read,
    list_found,
    read_entries,
    read_wanted_entries,
)
from tests.service.processes import bpmn, deploy, external, line
from tests.service.test_sealing_again import NEW


def test_what_was_there_before_comes_in_by_a_pass_of_the_loop(
    engine: Engine, index: Callable[..., Engine], clock: Clock
) -> None:
    definition = deploy(engine, bpmn(line(external("work")))).id
    headers = [engine.starts.start(definition, variables={"customer": number % 3}) for number in range(9)]
    engine.mailbox.submit(headers[0].id, CancelInstance())
    clock.forward(5)
    late, query = index(), ask_for("customer", 0)

    before = list_found(late, query)
    assert not late.store.variables.is_complete()
    step = Indexing(late)._step  # pyright: ignore[reportPrivateUsage]
    while step():
        pass

    assert late.store.variables.is_complete()
    assert sorted(list_found(late, query)) == sorted(before) == sorted(header.id for header in headers[::3])
    assert count_read(late, query) == 0


def test_a_name_can_be_added_and_removed_and_leaves_nothing(index: Callable[..., Engine], indexed: Engine) -> None:
    definition = deploy(indexed, bpmn(line())).id
    header = indexed.starts.start(definition, variables={"customer": 1, "order": 2, "more": 3})

    other = index("order,more")
    assert list_found(other, ask_for("more", 3)) == [header.id]
    complete(other)

    assert read_entries(other) == {("order", header.id), ("more", header.id)}
    assert list_found(other, ask_for("more", 3)) == list_found(other, ask_for("order", 2)) == [header.id]
    assert list_found(indexed, ask_for("customer", 1)) == [header.id]
    assert not indexed.store.variables.is_complete()
    assert redis.Redis.from_url(other.settings.redis_url).smembers(INDEXED_NAMES) == {b"order", b"more"}


def test_switched_off_it_leaves_nothing(indexed: Engine, engine: Engine) -> None:
    header = indexed.starts.start(deploy(indexed, bpmn(line())).id, variables={"customer": 1})

    complete(engine)

    client: Any = redis.Redis.from_url(engine.settings.redis_url)
    assert [key for key in client.scan_iter() if b":vx" in key] == []
    assert [name for name in client.hkeys(keys.name_state(header.id)) if name.startswith(MARK.encode())] == []
    assert list_found(engine, ask_for("customer", 1)) == [header.id]


@pytest.mark.parametrize("what", ["starts", "changes", "changes what was there"])
def test_a_process_beside_it_that_does_not_index_is_noticed_at_once(
    indexed: Engine, engine: Engine, clock: Clock, what: str
) -> None:
    definition = deploy(indexed, bpmn(line(external("work")))).id
    header = indexed.starts.start(definition, variables={"customer": 1})
    assert indexed.store.variables.is_complete()

    if what == "starts":
        header = engine.starts.start(definition, variables={"customer": 2})
    else:
        engine.mailbox.submit(header.id, SetVariables(set={"customer": 2}))

    assert not indexed.store.variables.is_complete()
    assert list_found(indexed, ask_for("customer", 2)) == [header.id]
    clock.forward(HOUR)
    complete(indexed)
    assert indexed.store.variables.is_complete()
    assert list_found(indexed, ask_for("customer", 2)) == [header.id]
    assert read_entries(indexed) == read_wanted_entries(indexed)


def test_a_process_beside_it_notices_nothing_while_it_does_nothing(indexed: Engine, engine: Engine) -> None:
    definition = deploy(indexed, bpmn(line())).id
    header = indexed.starts.start(definition, variables={"customer": 1})

    engine.administration.delete_history(header.id)

    assert indexed.store.variables.is_complete()
    assert read_entries(indexed) == set()


def test_a_pass_that_another_kind_of_process_disturbs_is_not_complete(
    index: Callable[..., Engine], engine: Engine, clock: Clock
) -> None:
    definition = deploy(engine, bpmn(line(external("work")))).id
    header = engine.starts.start(definition, variables={"customer": 1})
    late = index()
    prefix = keys.find_tag(header.id)
    done: list[str] = []

    @contextmanager
    def disturb() -> Iterator[None]:
        whole = late.store.variables._index_all  # pyright: ignore[reportPrivateUsage]

        def index_all(each: str) -> int | None:
            found = whole(each)
            if each == prefix and not done:
                done.append(each)
                engine.mailbox.submit(header.id, SetVariables(set={"customer": 2}))
            return found

        late.store.variables._index_all = index_all  # type: ignore[method-assign]  # pyright: ignore[reportPrivateUsage]
        yield

    with disturb():
        complete(late)

    assert done == [prefix]
    assert not late.store.variables.is_complete()
    clock.forward(HOUR)
    complete(late)
    assert late.store.variables.is_complete()
    assert list_found(late, ask_for("customer", 2)) == [header.id]


def test_without_the_setting_nothing_is_written_for_it(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id, variables={"customer": 1})
    engine.mailbox.submit(header.id, SetVariables(set={"customer": 2}))
    complete(engine)

    client: Any = redis.Redis.from_url(engine.settings.redis_url)
    assert not client.hexists(keys.name_state(header.id), MARK)
    assert [key for key in client.scan_iter() if b":vx" in key] == []


def test_the_setting_takes_ten_names_and_no_release_before_beside_it(engines: Callable[..., Engine]) -> None:
    with pytest.raises(WrongSetting, match="at most 10 names, not 11"):
        Settings.from_environment({"BATON_INDEXED_VARIABLES": ",".join(f"v{n}" for n in range(11))})
    both = {"BATON_INDEXED_VARIABLES": " a, b,a,", "BATON_COMPACT_HISTORY": "true"}
    assert Settings.from_environment(both).choose_indexed_variables() == ["a", "b"]
    with pytest.raises(WrongSetting, match="BATON_COMPACT_HISTORY=true"):
        engines(indexed_variables="a")


# -- sealed


def test_in_a_sealed_store_the_index_tells_nothing_of_values(index: Callable[..., Engine]) -> None:
    sealed = index(encryption_keys=KEY, cached_instances=0)
    complete(sealed)
    header = sealed.starts.start(deploy(sealed, bpmn(line())).id, variables={"customer": "ann"})

    assert list_found(sealed, ask_for("customer", "ann")) == [header.id]
    assert sealed.store.variables.is_complete()
    unkeyed = IndexedVariables(NAMES).make_mark("ann") or ""
    client: Any = redis.Redis.from_url(sealed.settings.redis_url)
    (member,) = client.zrange(name_variable(keys.find_tag(header.id), "customer"), 0, -1)
    assert unkeyed.encode() not in member
    assert b"ann" not in member


def test_after_a_change_of_keys_it_is_made_again(index: Callable[..., Engine], clock: Clock) -> None:
    before = index(encryption_keys=KEY, cached_instances=0)
    complete(before)
    header = before.starts.start(deploy(before, bpmn(line())).id, variables={"customer": "ann"})

    after = index(encryption_keys=f"{NEW},{KEY}", cached_instances=0)
    assert not after.store.variables.is_complete()
    assert list_found(after, ask_for("customer", "ann")) == [header.id]
    complete(after)

    assert after.store.variables.is_complete()
    assert list_found(after, ask_for("customer", "ann")) == [header.id]
    assert read_entries(after) == {("customer", header.id)}


def test_the_marks_of_partitions_say_which_plan_they_have(indexed: Engine) -> None:
    found = indexed.store.backend.read([("GET", name_plan(keys.make_tag(p))) for p in indexed.store.partitions])

    assert found == [f"c{IndexedVariables(NAMES).plan}".encode()] * 4
