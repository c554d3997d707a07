from __future__ import annotations

from dataclasses import replace

import pytest

from baton.model.definition import Definition
from baton.model.records import Incident, Job, JobKind, Subscription, SubscriptionKind, UserTask
from baton.model.turn_result import Outgoing
from baton.store.library import Deployment, StartSubscription, StartTimer, StoredResource
from baton.store.ports import Changed
from baton.store.store import Store
from tests.store.building import ID, LEASE, asking, begin, changed, decision, queued, removed, taken

BASE = {"instance_id": ID, "definition_id": "p:1:d", "definition_key": "p", "element": "e", "token": 2}


def user_task(number: int = 1, **more: object) -> UserTask:
    return UserTask(id=f"{ID}.{number}", created_at=1000 + number, **{**BASE, **more})  # type: ignore[arg-type]


def wait(number: int, name: str = "StockArrived", **more: object) -> Subscription:
    fields = {"kind": SubscriptionKind.MESSAGE, "created_at": 1000, **BASE, **more}
    return Subscription(id=f"{ID}.{number}", name=name, **fields)  # type: ignore[arg-type]


def test_user_tasks_are_found_by_assignee_group_and_candidate(store: Store) -> None:
    begin(
        store,
        user_task(1, assignee="ann"),
        user_task(2, candidate_groups=("ops", "it")),
        user_task(3, candidate_users=("bob",)),
    )

    assert [i for _, i in store.lists.list_user_task_ids(assignee="ann")] == [f"{ID}.1"]
    assert [i for _, i in store.lists.list_user_task_ids(groups=["it", "ops"])] == [f"{ID}.2"]
    assert [i for _, i in store.lists.list_user_task_ids(candidate="bob")] == [f"{ID}.3"]
    assert len(store.lists.list_user_task_ids()) == store.lists.count_user_tasks() == 3
    assert store.lists.get_record(UserTask, f"{ID}.1") == user_task(1, assignee="ann")
    assert store.lists.get_record(UserTask, f"{ID}.99") is None


def test_a_claimed_user_task_changes_its_index(store: Store) -> None:
    before = begin(store, user_task(1, assignee="ann"))
    turn = taken(store, "c2", create=False)
    change = changed(user_task(1, assignee="ann"), user_task(1, assignee="bob"))

    store.turns.commit(turn, decision(before=before, records=change), now=2000, lease_ms=LEASE)

    assert store.lists.list_user_task_ids(assignee="ann") == []
    assert [i for _, i in store.lists.list_user_task_ids(assignee="bob")] == [f"{ID}.1"]


def test_jobs_and_incidents_are_listed_while_they_are_open(store: Store) -> None:
    job = Job(id=f"{ID}.4", kind=JobKind.TIMER, due=9000, created_at=1, **BASE)  # type: ignore[arg-type]
    incident = Incident(id=f"{ID}.5", kind="failedJob", message="no", created_at=1, **BASE)  # type: ignore[arg-type]
    before = begin(store, job, incident)
    assert store.lists.list_job_ids() == [(9000, job.id)]
    assert store.lists.list_job_ids(due_until=8999) == []
    assert store.lists.list_incident_ids() == [(1, incident.id)]
    assert (store.lists.count_jobs(), store.lists.count_incidents()) == (1, 1)

    turn = taken(store, "c2", create=False)
    store.turns.commit(turn, decision(before=before, records=removed(job, incident)), now=2000, lease_ms=LEASE)

    assert (store.lists.list_job_ids(), store.lists.list_incident_ids()) == ([], [])


def test_subscriptions_are_found_by_name_business_key_and_correlation_key(store: Store) -> None:
    begin(
        store,
        wait(1, business_key="A"),
        wait(2, business_key="AB"),
        wait(3, correlation_key="77"),
        wait(4, name="Other"),
    )
    find = store.lists.find_waiting

    assert sorted(find("message", "StockArrived")) == [f"{ID}.1", f"{ID}.2", f"{ID}.3"]
    assert find("message", "StockArrived", business_key="A") == [f"{ID}.1"]
    assert find("message", "StockArrived", correlation_key="77") == [f"{ID}.3"]
    assert find("signal", "StockArrived") == []
    assert store.lists.list_subscription_names() == [("message", "Other"), ("message", "StockArrived")]


def test_a_closed_subscription_is_found_no_more(store: Store) -> None:
    before = begin(store, wait(1, business_key="A", correlation_key="7"))
    turn = taken(store, "c2", create=False)

    gone = removed(wait(1, business_key="A", correlation_key="7"))
    store.turns.commit(turn, decision(before=before, records=gone), now=2000, lease_ms=LEASE)

    assert store.lists.list_subscription_names() == []


def test_what_leaves_an_instance_is_claimed_until_it_is_sent(store: Store) -> None:
    out = Outgoing(id=f"{ID}.9", kind="message", name="Paid", sender=ID, element="throw", variables={"n": 1})
    begin(store, outgoing=(out,))

    (claimed,) = store.outbox.claim(now=1000, retry_at=3000)
    assert claimed.outgoing == out
    assert store.outbox.claim(now=2999, retry_at=5000) == []
    (again,) = store.outbox.claim(now=3000, retry_at=5000)
    store.outbox.retry_at(again, 4000)
    (third,) = store.outbox.claim(now=4000, retry_at=9000)
    store.outbox.confirm(third)

    assert store.outbox.claim(now=10**12, retry_at=10**12) == []
    assert store.outbox.count_waiting() == 0


def test_published_events_are_read_behind_an_id(store: Store) -> None:
    store.outbox.publish(b'{"n":1}')
    store.outbox.publish(b'{"n":2}')

    first, second = store.outbox.read_published("0", 10)
    assert (first[1], second[1]) == (b'{"n":1}', b'{"n":2}')
    assert store.outbox.read_published(first[0], 10) == [second]


def test_committed_turns_are_on_the_live_stream_in_order(store: Store) -> None:
    positions = store.read_live_positions()
    begin(store)

    (entry,) = store.wait_for_live_entries(positions, 1000)

    assert (entry.instance_id, entry.partition) == (ID, 1)
    assert store.read_live_entries(1, "0-0", 10) == ([entry], False)
    assert store.read_live_entries(1, entry.id, 10) == ([], True)


DEPLOYMENT = Deployment(
    id="d1", name="orders", deployed_at=5, resources=(StoredResource(id="r1", name="a.bpmn", digest="x"),)
)


def definition(version: int, deployment: str = "d1") -> Definition:
    return Definition(
        id=f"p:{version}:{deployment}",
        key="p",
        version=version,
        deployment_id=deployment,
        resource_name="a.bpmn",
        deployed_at=version,
    )


def start(definition_id: str) -> StartSubscription:
    return StartSubscription(kind="message", name="Go", key="p", definition_id=definition_id, element="s")


def test_a_deployment_is_put_on_the_shelf_at_once(store: Store) -> None:
    shelf = store.library.read_shelf()
    timer = StartTimer(definition_id="p:1:d1", element="t", due=100)

    store.library.deploy(
        DEPLOYMENT, [b"<xml/>"], [definition(1)], [start("p:1:d1")], [timer], generation=shelf.generation
    )

    after = store.library.read_shelf()
    assert after.latest == {"p": "p:1:d1"}
    assert after.starts == (start("p:1:d1"),)
    assert store.library.get_definitions() == [definition(1)]
    assert store.library.get_deployments() == [DEPLOYMENT]
    assert store.library.list_of_name("orders") == [DEPLOYMENT]
    assert store.library.read_content("d1", "r1") == b"<xml/>"
    assert store.library.claim_due_timers(now=0, retry_at=0)[1] == 100


def test_two_deployments_at_once_do_not_overwrite_each_other(store: Store) -> None:
    seen = store.library.read_shelf().generation
    store.library.deploy(DEPLOYMENT, [b""], [definition(1)], [], [], generation=seen)

    with pytest.raises(Changed):
        store.library.deploy(DEPLOYMENT, [b""], [definition(1)], [], [], generation=seen)


def test_only_the_latest_version_is_started_by_events(store: Store) -> None:
    timer = StartTimer(definition_id="p:1:d1", element="t", due=100)
    store.library.deploy(DEPLOYMENT, [b""], [definition(1)], [start("p:1:d1")], [timer], generation=0)
    seen = store.library.get_generation()

    store.library.deploy(DEPLOYMENT, [b""], [definition(2)], [], [], generation=seen)

    after = store.library.read_shelf()
    assert (after.latest, after.starts, store.library.claim_due_timers(now=0, retry_at=0)[1]) == (
        {"p": "p:2:d1"},
        (),
        None,
    )
    assert [version.id for version in store.library.list_versions("p")] == ["p:1:d1", "p:2:d1"]


def test_removing_the_latest_version_brings_back_the_one_before(store: Store) -> None:
    store.library.deploy(DEPLOYMENT, [b""], [definition(1)], [], [], generation=0)
    store.library.deploy(DEPLOYMENT, [b""], [definition(2)], [], [], generation=1)

    store.library.remove(DEPLOYMENT, [definition(2)], [start("p:1:d1")], [], whole=False, generation=2)

    assert store.library.read_shelf().latest == {"p": "p:1:d1"}
    assert store.library.read_shelf().starts == (start("p:1:d1"),)
    assert store.library.get_definitions(["p:2:d1", "p:1:d1"]) == [definition(1)]


def test_a_start_timer_is_claimed_until_it_has_fired(store: Store) -> None:
    timer = StartTimer(definition_id="p:1:d1", element="t", due=100, rest="R/PT1M")
    store.library.deploy(DEPLOYMENT, [b""], [definition(1)], [], [timer], generation=0)

    assert store.library.claim_due_timers(now=99, retry_at=200)[0] == []
    assert store.library.claim_due_timers(now=100, retry_at=200)[0] == [timer]
    assert store.library.claim_due_timers(now=100, retry_at=200)[0] == []
    assert store.library.claim_due_timers(now=200, retry_at=300)[0] == [timer]

    following = StartTimer(definition_id="p:1:d1", element="t", due=60_100, rest="R/PT1M")
    assert store.library.replace_timer(timer, following)
    assert store.library.list_timers() == [following]
    assert not store.library.replace_timer(timer, None)
    assert store.library.replace_timer(following, None)
    assert (store.library.list_timers(), store.library.claim_due_timers(now=0, retry_at=0)[1]) == ([], None)


def test_a_suspended_start_timer_is_not_due_and_keeps_its_moment(store: Store) -> None:
    timer = StartTimer(definition_id="p:1:d1", element="t", due=100)
    store.library.deploy(DEPLOYMENT, [b""], [definition(1)], [], [timer], generation=0)
    suspended = replace(timer, suspended=True)

    assert store.library.replace_timer(timer, suspended)

    assert store.library.claim_due_timers(now=10**14, retry_at=10**14)[0] == []
    assert store.library.list_timers() == [suspended]
    assert store.library.replace_timer(suspended, timer)
    assert store.library.claim_due_timers(now=100, retry_at=200)[0] == [timer]


def test_hints_reach_who_listens(store: Store) -> None:
    import threading

    heard: list[tuple[str, bytes]] = []
    arrived = threading.Event()

    def hear(channel: str, message: bytes) -> None:
        heard.append((channel, message))
        arrived.set()

    listener = store.backend.listen(hear)
    listener.add("baton:answers:me")
    # The first commit may come before the server has the subscription: hints are hints.
    for n in range(50):
        turn = store.turns.submit(
            asking(ID, queued(f"c{n}", reply_to="me"), now=1000, owner=f"o{n}", lease_ms=LEASE, create=True)
        )
        assert turn is not None
        assert turn.taken is not None
        store.turns.commit(turn.taken, decision(), now=1000, lease_ms=LEASE)
        if arrived.wait(0.1):
            break
    listener.close()

    assert heard[0][0] == "baton:answers:me"
