"""Any edit of any line of waits: a migrated instance goes on exactly where it was, through what the new version has."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.model.migration import Move
from baton.model.records import InstanceState
from baton.service import Engine, MigrationPlan
from tests.service import migrating
from tests.service.processes import MESSAGE, bpmn, deploy, external, line, receive, timer

KINDS: dict[str, Callable[[str], str]] = {
    "user": lambda id_: f'<userTask id="{id_}"/>',
    "external": external,
    "timer": lambda id_: timer(id_, "PT1H"),
    "message": receive,
    "many": lambda id_: f'<userTask id="{id_}">{migrating.LOOP.format("")}</userTask>',
    "job": lambda id_: f'<userTask id="{id_}" camunda:asyncBefore="true"/>',
}
lines = st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4)
edits = st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from(sorted(KINDS))), min_size=5, max_size=5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=lines, steps=st.integers(0, 3), changes=edits)
def test_an_instance_goes_on_where_it_was_whatever_was_edited(
    engine: Engine, kinds: list[str], steps: int, changes: list[tuple[bool, bool, str]]
) -> None:
    before = [(f"n{place}", kind) for place, kind in enumerate(kinds)]
    after: list[tuple[str, str]] = []
    moves: list[Move] = []
    for (id_, kind), (renames, inserts, other) in zip(before, changes, strict=False):
        if inserts:
            after.append((f"new-{id_}", other))
        after.append((f"other-{id_}" if renames else id_, kind))
        moves.append(Move(source=id_, target=after[-1][0]))
    source, target = (
        deploy(engine, bpmn(line(*(KINDS[kind](id_) for id_, kind in nodes)), extra=MESSAGE))
        for nodes in (before, [*after, ("last", "external")])
    )
    started = engine.starts.start(source.id)
    for _ in range(steps):
        if engine.instances.get(started.id).tokens:
            migrating.advance(engine, lambda _: None)
    header = engine.instances.get(started.id)
    if header.state is not InstanceState.ACTIVE:
        return
    places = [move.source for move in moves]
    (here,) = {name for name, _ in header.tokens}
    position = header.position

    engine.migrations.execute(MigrationPlan(source_id=source.id, target_id=target.id, moves=moves), [started.id], None)
    while engine.instances.get(started.id).state is InstanceState.ACTIVE:
        assert migrating.advance(engine, lambda _: None)

    events = engine.history.list_events(started.id, position + 1)
    entered = [event.element for event in events if event.type == "ElementEntered" and "body" not in event.data]
    names = [id_ for id_, _ in after] + ["last", "e"]
    goes_on = names[names.index(moves[places.index(here)].target) + 1 :]
    assert list(dict.fromkeys(entered)) == goes_on
    assert engine.instances.get(started.id).definition_id == target.id
