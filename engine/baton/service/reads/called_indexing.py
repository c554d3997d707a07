"""What releases before 0.3 have called, and not listed, comes into the indexes of called processes."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock

import structlog

from baton.model.errors import NotFound
from baton.model.ids import get_instance_id
from baton.runtime import list_called
from baton.service.core.clock import Clock
from baton.service.core.pausing import LongWork
from baton.service.deployments.library import DefinitionLibrary
from baton.store import codec, keys
from baton.store.rebuilding import UNREADABLE
from baton.store.store import Store
from baton.store.turns import decode_header

log = structlog.get_logger("baton.indexing")
WEEK_MS = 7 * 86_400_000
_TRIES = 5


class CalledIndexing:
    """One pass over the running instances that may call. An earlier release may be at work beside this one while hosts
    are upgraded one after the other: in the week after the first pass every process that starts makes one more.
    """

    def __init__(self, store: Store, definitions: DefinitionLibrary, clock: Clock) -> None:
        self._store, self._definitions, self._clock = store, definitions, clock
        self._lock = Lock()
        self._is_complete = self._has_looked = False

    def complete_once(self) -> None:
        """Before a list is answered: who comes first while nothing is indexed makes the pass, others wait for it."""
        if self._is_complete:
            return
        with self._lock:
            if self._store.called.read_indexed_at() is None:
                self._look()
            self._is_complete = True

    def complete(self) -> int:
        """For a loop: returns how many instances were looked at. Repeated after a death it does the same."""
        if self._has_looked:
            return 0
        with self._lock:
            indexed_at = self._store.called.read_indexed_at()
            is_over = indexed_at is not None and self._clock.now() - indexed_at > WEEK_MS
            seen = 0 if is_over else self._look()
            self._is_complete = self._has_looked = True
        return seen

    def _look(self) -> int:
        listed: dict[str, set[str]] = {}
        for partition in self._store.partitions:
            for id_ in self._store.called.list_indexed(keys.make_tag(partition)):
                listed.setdefault(get_instance_id(id_), set()).add(id_)
        wanted = dict.fromkeys([*listed, *self._iterate_callers()])
        work = LongWork()
        for instance_id in wanted:
            self._repair(instance_id, listed.get(instance_id, set()))
            work.end_part()
        for partition in self._store.partitions:
            self._store.called.remove_ended_of_gone(keys.make_tag(partition))
            work.end_part()
        self._store.called.mark_indexed(self._clock.now())
        return len(wanted)

    def _iterate_callers(self) -> Iterator[str]:
        """The running instances of processes that call others, or of which that is not known any more."""
        for definition_id in self._store.lists.list_definition_ids():
            if self._may_call(definition_id):
                yield from (instance_id for _, instance_id in self._store.lists.list_unfinished(definition_id))

    def _may_call(self, definition_id: str) -> bool:
        try:
            nodes = self._definitions.get_model(definition_id).nodes
        except NotFound:
            return True
        return any(node.traits.calls_process for node in nodes.values())

    def _repair(self, instance_id: str, listed: set[str]) -> None:
        """Have the indexes say of an instance what its state says. ``listed``: what they have of it, and should."""
        for _ in range(_TRIES):
            (version,) = self._store.called.read_versions([instance_id])
            fields = self._store.lists.read_fields(instance_id)
            try:
                ended = "h" not in fields or decode_header(fields).state.is_ended
                tokens = {name: codec.decode(blob) for name, blob in fields.items() if name[0] == "t" and not ended}
            except UNREADABLE as error:
                log.warning("not indexed", action="instance.unreadable", instance=instance_id, reason=str(error))
                return
            running = {each.id: each for each in list_called(instance_id, tokens)}
            missing = [each for id_, each in running.items() if id_ not in listed]
            if self._store.called.repair(instance_id, version, missing, listed - running.keys()):
                return
        log.warning("not indexed", action="instance.busy", instance=instance_id, reason="it changed all the time")
