"""Pages of tasks by urgency are parts of the whole sorted list, whatever is done, and whichever release does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.model.commands import CancelInstance, ChangeUserTask, CompleteUserTask
from baton.model.reach import Access, Area, Reach
from baton.model.records import UserTask
from baton.service import Engine, UserTaskQuery, narrow
from baton.store import index_ops, keys, task_keys
from baton.store.lists import TaskSet
from baton.store.urgency import compute_urgency
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, line
from tests.service.test_lists_at_size import count_commands

TASK = '<userTask id="{}" camunda:dueDate="${{due}}" camunda:priority="${{p}}" camunda:candidateGroups="${{group}}"/>'
KEYS = ("people", "others")
ALL = UserTaskQuery()
DUE = (None, None, 0, -5, 1_800_000_000_000, 1_800_000_000_000, 1_800_000_086_400, 1 << 45)
PRIORITIES = (50, 50, 0, 100, -7, 9_000_000, -1_000)
QUERIES = (
    ALL,
    replace(ALL, assignee="ann"),
    replace(ALL, assignees=("ann", "bob")),
    replace(ALL, candidate_groups=("g1", "g2"), include_assigned=True),
    replace(ALL, candidate_group="g1"),
    replace(ALL, candidate_user="bob"),
    replace(ALL, unassigned=True),
    replace(ALL, priority_min=50),
    replace(ALL, not_put_off_at=1_800_000_000_000),
    replace(ALL, any_of=((replace(ALL, assignee="ann"), replace(ALL, without_due=True)),)),
)


def deploy_both(engine: Engine) -> list[str]:
    model = line(TASK.format("first"), TASK.format("second"))
    return [deploy(engine, bpmn(model, key=key), name=key).id for key in KEYS]


def start(engine: Engine, definition: str, *, due: int | None = None, p: int = 50, group: str = "g0") -> None:
    text = "" if due is None else "PT1H"
    engine.starts.start(definition, variables={"due": text, "p": p, "group": group})


def act(engine: Engine, definitions: list[str], choice: int, number: int) -> None:
    """One of the things that can happen to a task."""
    random = Random(number)
    if choice <= 2:
        due, group = random.choice((None, 1)), f"g{random.randrange(3)}"
        start(engine, random.choice(definitions), due=due, p=random.choice(PRIORITIES), group=group)
        return
    tasks = engine.user_tasks.find(ALL)
    if not tasks:
        return
    task = random.choice(tasks)
    person = random.choice(("ann", "bob", None))
    commands: list[Any] = [
        CompleteUserTask(task_id=task.id),
        CancelInstance(),
        ChangeUserTask(task_id=task.id, changes={"due": random.choice(DUE)}),
        ChangeUserTask(task_id=task.id, changes={"priority": random.choice(PRIORITIES)}),
        ChangeUserTask(task_id=task.id, changes={"assignee": person}),
        ChangeUserTask(task_id=task.id, changes={"candidate_users": ["bob"], "candidate_groups": ["g1"]}),
        ChangeUserTask(task_id=task.id, changes={"follow_up": 1_800_000_000_000 + random.randrange(-5, 5)}),
    ]
    engine.mailbox.submit(task.instance_id, commands[choice - 3])


def compare_pages(part: Any, queries: tuple[UserTaskQuery, ...] = QUERIES) -> None:
    """Each page that is read by the index with that part of all that is sorted, and counts with what they count."""
    for moment in range(1_800_000_000_000 - 6, 1_800_000_000_000 + 6):
        query = replace(ALL, not_put_off_at=moment)
        assert part.count(query) == len(part.find(query))
    for query, descending in product(queries, (False, True)):
        sorted_query = replace(query, sort=(("urgency", descending),))
        whole = part.find(sorted_query)
        for first, limit in ((0, 3), (1, 2), (4, 5), (len(whole), 2), (0, 100)):
            page = part.find(replace(sorted_query, first=first, limit=limit))
            assert page == whole[first : first + limit], (query, descending, first, limit)


@contextmanager
def working_as_an_earlier_release(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commits write nothing of the index by urgency."""
    entries: dict[type, Callable[[str, Any], list[Any]]] = index_ops._ENTRIES  # pyright: ignore[reportPrivateUsage]
    now = entries[UserTask]

    def list_entries(prefix: str, task: UserTask) -> list[Any]:
        return [entry for entry in now(prefix, task) if entry[1] != task_keys.name_urgent_tasks(prefix)]

    with monkeypatch.context() as patched:
        patched.setitem(entries, UserTask, list_entries)
        yield


def is_read_by_the_index(engine: Engine) -> bool:
    return engine.store.urgent_tasks.scan([TaskSet()]) is not None


ACTIONS = st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 999)), min_size=1, max_size=25)
PROPERTY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def clear(engine: Engine) -> None:
    for task in engine.user_tasks.find(ALL):
        engine.mailbox.submit(task.instance_id, CancelInstance())
    engine.store.urgent_tasks.complete(0)


@pytest.fixture(params=[False, True], ids=["beside others", "alone"])
def engine(engines: Callable[..., Engine], request: pytest.FixtureRequest) -> Engine:
    """Of a store on which an earlier release may be at work, and of one on which none is."""
    return engines(compact_history=request.param)


@PROPERTY
@given(actions=ACTIONS)
def test_each_page_is_that_part_of_the_whole_list(
    engine: Engine, clock: Clock, actions: list[tuple[bool, int, int]]
) -> None:
    clear(engine)
    definitions = deploy_both(engine)
    for _, choice, number in actions:
        clock.forward(number % 2)
        act(engine, definitions, choice, number)
    assert is_read_by_the_index(engine)
    compare_pages(engine.user_tasks)


@pytest.mark.parametrize("engine", [False], indirect=True, ids=["beside others"])
@PROPERTY
@given(actions=ACTIONS)
def test_pages_stay_right_while_an_earlier_release_is_at_work_too(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch, actions: list[tuple[bool, int, int]]
) -> None:
    clear(engine)
    definitions = deploy_both(engine)
    for earlier, choice, number in actions:
        clock.forward(number % 2)
        if not earlier:
            act(engine, definitions, choice, number)
            continue
        with working_as_an_earlier_release(monkeypatch):
            act(engine, definitions, choice, number)
        if choice in (5, 6, 9):
            # What it has moved is where it was until the next look.
            engine.store.urgent_tasks.complete(clock.now)
    compare_pages(engine.user_tasks)
    engine.store.urgent_tasks.complete(clock.now)
    assert is_read_by_the_index(engine)
    compare_pages(engine.user_tasks)


@pytest.mark.parametrize("engine", [False], indirect=True, ids=["beside others"])
def test_a_task_that_an_earlier_release_has_put_in_the_place_of_another_is_on_the_page(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = deploy_both(engine)
    start(engine, definitions[0])
    (first,) = engine.user_tasks.find(ALL)
    with working_as_an_earlier_release(monkeypatch):
        engine.mailbox.submit(first.instance_id, CompleteUserTask(task_id=first.id))

    page = engine.user_tasks.find(replace(ALL, sort=(("urgency", False),), limit=1))

    assert [task.element for task in page] == ["second"]


@pytest.mark.parametrize("engine", [False], indirect=True, ids=["beside others"])
def test_a_due_date_that_an_earlier_release_has_changed_is_seen_when_its_task_is_read(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = deploy_both(engine)
    start(engine, definitions[0], due=1)
    start(engine, definitions[0])
    early, late = engine.user_tasks.find(replace(ALL, sort=(("urgency", False),)))
    with working_as_an_earlier_release(monkeypatch):
        command = ChangeUserTask(task_id=early.id, changes={"due": None, "priority": 0})
        engine.mailbox.submit(early.instance_id, command)

    page = engine.user_tasks.find(replace(ALL, sort=(("urgency", False),), limit=1))

    assert [task.id for task in page] == [late.id]


@pytest.mark.parametrize("engine", [False], indirect=True, ids=["beside others"])
def test_the_loop_reads_all_rows_once_and_for_an_hour_after_an_earlier_release_was_at_work(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = deploy_both(engine)
    complete = engine.store.urgent_tasks.complete
    for _ in range(3):
        start(engine, definitions[0])
    assert complete(clock.now) == 0
    task, *_ = engine.user_tasks.find(ALL)
    with working_as_an_earlier_release(monkeypatch):
        start(engine, definitions[0])
        engine.mailbox.submit(task.instance_id, ChangeUserTask(task_id=task.id, changes={"priority": 99}))

    assert complete(clock.now) == 2
    assert complete(clock.now) == 0
    with working_as_an_earlier_release(monkeypatch):
        engine.mailbox.submit(task.instance_id, ChangeUserTask(task_id=task.id, changes={"priority": 1}))
    assert complete(clock.now + 60_000) == 1


def test_tasks_that_earlier_releases_have_left_are_indexed_and_what_they_removed_goes(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = deploy_both(engine)
    start(engine, definitions[0])
    (gone,) = engine.user_tasks.find(ALL)
    with working_as_an_earlier_release(monkeypatch):
        for number in range(5):
            start(engine, definitions[number % 2], p=number)
        engine.mailbox.submit(gone.instance_id, CancelInstance())
    assert not is_read_by_the_index(engine)

    assert engine.store.urgent_tasks.complete(clock.now) == 6

    assert is_read_by_the_index(engine)
    assert engine.store.urgent_tasks.complete(clock.now) == 0
    compare_pages(engine.user_tasks)


def test_a_task_that_cannot_be_read_keeps_nobody_from_the_index(engine: Engine, valkey: str, clock: Clock) -> None:
    definitions = deploy_both(engine)
    start(engine, definitions[0])
    start(engine, definitions[0])
    damaged, whole = engine.user_tasks.find(ALL)
    with redis.Redis.from_url(valkey) as client:
        client.hset(keys.name_state(damaged.instance_id), f"u{damaged.id.rpartition('.')[2]}", b"?")
        client.delete(*client.keys("{p*}:uu"))

    while engine.store.urgent_tasks.complete(clock.now):
        pass

    assert is_read_by_the_index(engine)
    page = engine.user_tasks.find(replace(ALL, sort=(("urgency", False),), limit=5))
    assert [task.id for task in page] == [whole.id]


@pytest.mark.parametrize("query", [ALL, replace(ALL, not_put_off_at=1), replace(ALL, assignee="ann")], ids=range(3))
def test_a_page_costs_the_same_beside_ten_times_as_many_tasks(
    engine: Engine, clock: Clock, query: UserTaskQuery
) -> None:
    (definition, _) = deploy_both(engine)
    costs: list[int] = []
    page = replace(query, sort=(("urgency", False),), limit=5)
    for count in (30, 270):
        for number in range(count):
            clock.forward(1)
            start(engine, definition, due=number % 2 or None, p=number % 7)
        for task in engine.user_tasks.find(ALL)[:count:30]:
            engine.mailbox.submit(task.instance_id, ChangeUserTask(task_id=task.id, changes={"assignee": "ann"}))
        costs.append(count_commands(engine, lambda: engine.user_tasks.find(page)))
    assert costs[1] <= costs[0] + 70


def test_callers_with_limited_rights_page_through_what_is_within_reach(engine: Engine, clock: Clock) -> None:
    definitions = deploy_both(engine)
    for number in range(40):
        clock.forward(1)
        group = "g1" if number % 4 == 0 else "g2"
        start(engine, definitions[number % 2], due=number % 3 or None, p=number, group=group)
    reach = Reach(areas=(Area(keys=frozenset({"people"})),))
    access = Access(whose="who asks", permission="task:read", may=reach, sees=reach, others=reach, person="mary")
    compare_pages(narrow(engine, access).user_tasks)
    own = replace(access, others=Reach(), groups=("g1",))
    limited = narrow(engine, own).user_tasks
    assert len(limited.find(ALL)) == 10
    compare_pages(limited)


def make_task(due: int | None, priority: int, created: int) -> UserTask:
    fields = {"instance_id": "i", "definition_id": "d", "definition_key": "k", "element": "e", "token": 1}
    return UserTask(id="i.1", due=due, priority=priority, created_at=created, **fields)  # type: ignore[arg-type]


MOMENTS = st.integers(-10, 1 << 46) | st.integers(1_700_000_000_000, 1_700_000_000_005)
TASKS = st.builds(make_task, st.none() | MOMENTS, st.integers(-(2**70), 2**70) | st.integers(0, 3), MOMENTS)


@given(one=TASKS, other=TASKS)
def test_the_score_is_never_the_other_way_round_than_the_urgency(one: UserTask, other: UserTask) -> None:
    first, second = sorted((one, other), key=lambda task: task.urgency)
    assert 0 <= compute_urgency(first) <= compute_urgency(second) < 1 << 53
