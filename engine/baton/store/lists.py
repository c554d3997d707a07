"""What can be asked about instances and what they hold open: ids from the indexes, rows from the states."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, cast

import structlog

from baton.model.headers import HEADER, STATUS, TRACE, read_header
from baton.model.ids import get_instance_id
from baton.model.immutable import immutable
from baton.model.records import (
    ExternalTask,
    Incident,
    InstanceHeader,
    InstanceState,
    Job,
    Subscription,
    UserTask,
)
from baton.model.rows import from_row
from baton.model.standalone import DEFINITION_ID
from baton.model.times import Millis
from baton.model.traces import read_traceparent
from baton.model.values import Value
from baton.store import codec, keys, places, scanning
from baton.store.blobs import BlobCodec
from baton.store.index_ops import make_business_key_start, make_correlation_key_start, make_member_range
from baton.store.keyed_members import find_few_members, list_member_ids, make_key_range, read_member_id
from baton.store.ports import Backend, Read, iterate_pairs
from baton.store.rebuilding import UNREADABLE, HeaderRebuilder
from baton.store.scanning import Scored, Span, read_sizes
from baton.store.turns import open_fields

R = TypeVar("R", ExternalTask, UserTask, Job, Subscription, Incident)
Row = TypeVar("Row")

FIELDS: dict[type[Any], str] = {ExternalTask: "x", UserTask: "u", Job: "j", Subscription: "m", Incident: "i"}
"""The letter that a record's field begins with."""

Scope: TypeAlias = "tuple[str, int]"
"""Instance id and the number of the scope's token, 0 for the instance itself."""

Order: TypeAlias = Literal["start", "end", "both"]
"""``both``: by start, or by end once it has ended."""

_CHUNK = 2000


@immutable
class TaskSet:
    """Open user tasks: of an assignee, of candidate groups, of a candidate user, or all."""

    assignee: str | None = None
    groups: tuple[str, ...] = ()
    candidate: str | None = None

    def list_names(self, prefix: str) -> list[str]:
        """The sorted sets of a partition that have them."""
        if self.assignee is not None:
            return [keys.name_user_tasks_of_assignee(prefix, self.assignee)]
        if self.groups:
            return [keys.name_user_tasks_of_group(prefix, group) for group in self.groups]
        if self.candidate is not None:
            return [keys.name_user_tasks_of_candidate(prefix, self.candidate)]
        return [keys.name_user_tasks(prefix)]


log = structlog.get_logger("baton.store")


class Lists:
    """Reading. Each answer is consistent for one instance, not across instances."""

    def __init__(self, backend: Backend, blobs: BlobCodec, partitions: Sequence[int]) -> None:
        self._backend, self._blobs = backend, blobs
        self._prefixes = [keys.make_tag(p) for p in partitions]
        self._further = list(backend.further_prefixes)
        self._all_prefixes = [*self._prefixes, *self._further]
        """With those of ended instances alone."""
        self._rebuilder = HeaderRebuilder(backend, blobs)
        self._on_damage: Callable[[str, str], None] = log_damage

    def on_damage(self, callback: Callable[[str, str], None]) -> None:
        """Call back with the instance id and the reason whenever a row is skipped because it cannot be read."""
        self._on_damage = callback

    # -- one instance

    def read_fields(self, instance_id: str) -> Mapping[str, bytes]:
        """The encoded state; empty if there is none."""
        return open_fields(self._blobs, instance_id, self._backend.read([("HGETALL", keys.name_state(instance_id))])[0])

    def read_states(self, instance_ids: Sequence[str]) -> list[Mapping[str, bytes]]:
        """As ``read_fields``, of many in one round trip."""
        found = self._read([("HGETALL", keys.name_state(instance_id)) for instance_id in instance_ids])
        return [open_fields(self._blobs, id_, flat) for id_, flat in zip(instance_ids, found, strict=True)]

    def get_headers(self, instance_ids: Sequence[str]) -> list[InstanceHeader]:
        """Headers in the order asked; instances that are gone are left out.

        One that cannot be read is rebuilt, so that the instance stays in the lists.
        """
        found = self._read([("HMGET", keys.name_state(instance_id), HEADER, STATUS) for instance_id in instance_ids])
        return [
            self._read_header(instance_id, blobs) or self._rebuilder.rebuild(instance_id)
            for instance_id, blobs in zip(instance_ids, found, strict=True)
            if blobs[0] is not None
        ]

    def _read_header(self, instance_id: str, blobs: Sequence[bytes | None]) -> InstanceHeader | None:
        """None, after a call back, for one that cannot be read."""
        try:
            named = {name: blob for name, blob in zip((HEADER, STATUS), blobs, strict=True) if blob is not None}
            opened = {
                name: self._blobs.decode(blob, places.name_field(instance_id, name)) for name, blob in named.items()
            }
            return read_header(opened)
        except UNREADABLE as error:
            self._on_damage(instance_id, f"field '{HEADER}' cannot be read: {error}")
            return None

    def read_traces(self, instance_ids: Sequence[str]) -> list[str | None]:
        """The ``traceparent`` that each instance began with; None for none, and where it cannot be read any more."""
        blobs = self._read([("HGET", keys.name_state(instance_id), TRACE) for instance_id in instance_ids])
        return [
            None if blob is None else self._read_trace(instance_id, blob)
            for instance_id, blob in zip(instance_ids, blobs, strict=True)
        ]

    def _read_trace(self, instance_id: str, blob: bytes) -> str | None:
        try:
            return read_traceparent(self._blobs.decode(blob, places.name_field(instance_id, TRACE)))
        except UNREADABLE as error:
            self._on_damage(instance_id, f"field '{TRACE}' cannot be read: {error}")
            return None

    def read_variables(self, scopes: Iterable[Scope], names: Sequence[str]) -> dict[Scope, dict[str, Value]]:
        """Those of the variables that each scope owns itself."""
        found: dict[Scope, dict[str, Value]] = {scope: {} for scope in scopes}
        if names:
            names_by_scope = [[(name, f"v{token}/{name}") for name in names] for _, token in found]
            rows = self._read(
                [
                    ("HMGET", keys.name_state(id_), *(field for _, field in fields))
                    for (id_, _), fields in zip(found, names_by_scope, strict=True)
                ]
            )
            for (id_, token), fields, row in zip(found, names_by_scope, rows, strict=True):
                for (name, field), blob in zip(fields, row, strict=True):
                    if blob is not None:
                        self._read_value(id_, field, blob, found[id_, token], name)
        return found

    def _read_value(self, instance_id: str, field: str, blob: bytes, found: dict[str, Value], name: str) -> None:
        try:
            found[name] = self._blobs.decode(blob, places.name_field(instance_id, field))
        except codec.Damaged as error:
            self._on_damage(instance_id, f"field '{field}' cannot be read: {error}")

    def count_waiting_commands(self, instance_id: str) -> int:
        return self._backend.read([("LLEN", keys.name_mailbox(instance_id))])[0]

    # -- instances

    def list_instance_ids(self, state: InstanceState, *, since: Millis | None = None) -> list[tuple[Millis, str]]:
        """All instances in a state with the moment they started (ended ones: ended)."""
        low = "-inf" if since is None else since
        return self._scored(
            [("ZRANGEBYSCORE", keys.name_by_state(p, state.value), low, "+inf") for p in self._choose(state.is_ended)]
        )

    def make_span(
        self,
        states: Collection[InstanceState],
        definition_ids: Collection[str] | None = None,
        *,
        by: Order,
        descending: bool = False,
        low: Millis | None = None,
        high: Millis | None = None,
        tasks: bool = False,
    ) -> Span:
        """The instances in some states as one order.

        Of definitions: all that run, and all that have ended, if any such state is asked for. By start with ended
        ones: only where ``Indexing.is_complete``. ``tasks``: those too that hold a task of no process.
        """
        ended = [state for state in states if state.is_ended]
        running = [state for state in states if not state.is_ended] if by != "end" else []
        by_start = by == "start"
        names: list[str] = []
        for prefix in self._prefixes:
            if definition_ids is None:
                names += [keys.name_by_state(prefix, state.value) for state in running]
            for id_ in ((DEFINITION_ID,) if tasks else ()) if definition_ids is None else definition_ids:
                names += [keys.name_unfinished(prefix, id_)] if running else []
        for prefix in self._all_prefixes:
            if definition_ids is None:
                names += [keys.name_by_state(prefix, state.value, by_start=by_start) for state in ended]
            for id_ in ((DEFINITION_ID,) if tasks else ()) if definition_ids is None else definition_ids:
                names += [keys.name_ended(prefix, id_, by_start=by_start)] if ended else []
        return Span(tuple(names), descending, low, high)

    def make_undone_span(self, *, descending: bool = False) -> Span:
        """By start, those that have undone all they could; only where ``Indexing.is_complete``."""
        return Span(tuple(keys.name_undone(prefix) for prefix in self._all_prefixes), descending)

    def make_keyed_span(self, *, descending: bool = False) -> Span:
        """By business key, the instances that have one."""
        return Span(tuple(keys.name_business_keys(prefix) for prefix in self._all_prefixes), descending)

    def scan(self, span: Span, first: int = 0) -> Iterator[Scored]:
        """Instances from number ``first`` on, part by part in the order of the span."""
        for part in scanning.scan(self._read, span, first):
            yield [(score, member.rpartition(keys.SEPARATOR)[2]) for score, member in part]

    def count(self, span: Span) -> int:
        return scanning.count(self._read, span)

    def estimate(self, span: Span) -> int:
        """At least as many as ``count`` tells: how to look for them is chosen by it."""
        return self.count(span)

    def list_reached(self) -> frozenset[str] | None:
        """The definitions of which instances can be within reach; None: all."""
        return None

    def list_definition_ids(self) -> list[str]:
        """Of all definitions, and of those deleted ones of which ended instances are kept."""
        known, gone = self._read([("HKEYS", keys.DEFINITIONS), ("SMEMBERS", keys.GONE)])
        return sorted({id_.decode() for id_ in (*known, *gone)})

    def list_newest_of(self, definition_id: str, limit: int) -> list[str]:
        """The newest instances of a definition: by their end those that have ended, by their start the others."""
        span = self.make_span(tuple(InstanceState), [definition_id], by="both", descending=True)
        return [id_ for _, id_ in self._list_highest(span.names, limit)]

    def _list_highest(self, names: Sequence[str], limit: int) -> list[tuple[Millis, str]]:
        found = self._scored([("ZREVRANGEBYSCORE", name, "+inf", "-inf") for name in names], ("LIMIT", 0, limit))
        return sorted(found, reverse=True)[:limit]

    def count_in_state(self, state: InstanceState) -> int:
        return self._sum([("ZCARD", keys.name_by_state(p, state.value)) for p in self._choose(state.is_ended)])

    def count_unfinished(self, definition_id: str) -> int:
        return self.count_each([definition_id])[definition_id]

    def count_ended(self, definition_id: str) -> int:
        return self.count_each([definition_id], ended=True)[definition_id]

    def count_each(self, definition_ids: Sequence[str], *, ended: bool = False) -> dict[str, int]:
        """How many instances of each definition run, or have ended."""
        name = keys.name_ended if ended else keys.name_unfinished
        sizes = read_sizes(self._backend, self._choose(ended), [name("", id_) for id_ in definition_ids])
        return dict(zip(definition_ids, map(sum, zip(*sizes.values(), strict=True)), strict=True))

    def list_unfinished(self, definition_id: str) -> list[tuple[Millis, str]]:
        return self._scored([("ZRANGE", keys.name_unfinished(p, definition_id), 0, -1) for p in self._prefixes])

    def list_ended(self, definition_id: str, *, until: Millis | None = None) -> list[tuple[Millis, str]]:
        high = "+inf" if until is None else until
        return self._scored(
            [("ZRANGEBYSCORE", keys.name_ended(p, definition_id), "-inf", high) for p in self._all_prefixes]
        )

    def find_by_business_key(self, business_key: str, *, whole: bool = True) -> list[str]:
        """Ids of instances, ended ones included, that carry the key; not ``whole``: a key that begins so."""
        bounds = make_key_range(business_key, whole)
        replies = self._read([("ZRANGEBYLEX", keys.name_business_keys(p), *bounds) for p in self._all_prefixes])
        return list_member_ids(replies)

    def find_few_by_business_key(self, business_key: str, *, whole: bool = True, most: int) -> list[str] | None:
        """The same ids if there are at most so many, else None: a key that very many carry is not read."""
        names = [keys.name_business_keys(prefix) for prefix in self._all_prefixes]
        return find_few_members(self._read, names, len(self._prefixes), make_key_range(business_key, whole), most)

    # -- records

    def get_record(self, kind: type[R], record_id: str) -> R | None:
        return next(iter(self.get_records(kind, [record_id])), None)

    def get_records(self, kind: type[R], ids: Sequence[str]) -> list[R]:
        """Records in the order asked; those that are gone or cannot be read are left out."""
        homes = [(get_instance_id(id_), FIELDS[kind] + id_.rpartition(".")[2]) for id_ in ids]
        blobs = self._read([("HGET", keys.name_state(instance_id), name) for instance_id, name in homes])
        rows = [(home, blob) for home, blob in zip(homes, blobs, strict=True) if blob is not None]
        return [row for home, blob in rows if (row := self._read_row(kind, *home, blob)) is not None]

    def rebuild_header(self, instance_id: str) -> InstanceHeader:
        """What the indexes contain about an instance with a missing or unreadable header."""
        return self._rebuilder.rebuild(instance_id)

    def _read_row(self, kind: type[Row], instance_id: str, name: str, blob: bytes) -> Row | None:
        """None, after a call back, for one that cannot be read."""
        try:
            return from_row(kind, self._blobs.decode(blob, places.name_field(instance_id, name)))
        except UNREADABLE as error:
            self._on_damage(instance_id, f"field '{name}' cannot be read: {error}")
            return None

    def list_user_task_ids(
        self, *, assignee: str | None = None, groups: Sequence[str] = (), candidate: str | None = None
    ) -> list[tuple[Millis, str]]:
        """Open user tasks: of an assignee, of candidate groups, of a candidate user, or all."""
        tasks = TaskSet(assignee=assignee, groups=tuple(groups), candidate=candidate)
        names = [name for prefix in self._prefixes for name in tasks.list_names(prefix)]
        return sorted(set(self._scored([("ZRANGE", name, 0, -1) for name in names])))

    def list_job_ids(self, *, due_until: Millis | None = None) -> list[tuple[Millis, str]]:
        high = "+inf" if due_until is None else due_until
        return self._scored([("ZRANGEBYSCORE", keys.name_jobs(p), "-inf", high) for p in self._prefixes])

    def list_incident_ids(self) -> list[tuple[Millis, str]]:
        return self._scored([("ZRANGE", keys.name_incidents(p), 0, -1) for p in self._prefixes])

    def count_incidents(self) -> int:
        return self._sum([("ZCARD", keys.name_incidents(p)) for p in self._prefixes])

    def count_user_tasks(self) -> int:
        return self._sum([("ZCARD", keys.name_user_tasks(p)) for p in self._prefixes])

    def count_jobs(self) -> int:
        return self._sum([("ZCARD", keys.name_jobs(p)) for p in self._prefixes])

    # -- subscriptions

    def list_subscription_names(self) -> list[tuple[str, str]]:
        """(kind, name) of everything that some instance waits for."""
        replies = self._read([("ZRANGE", keys.name_waits(p), 0, -1) for p in self._prefixes])
        names = {member.decode() for members in replies for member in members}
        return sorted((kind, name) for kind, _, name in (item.partition(":") for item in names))

    def find_waiting(
        self, kind: str, name: str, *, business_key: str | None = None, correlation_key: str | None = None
    ) -> list[str]:
        """Subscription ids of a name: those with the business key or correlation key given, or all."""
        start = "b"
        if correlation_key is not None:
            start = make_correlation_key_start(correlation_key)
        elif business_key is not None:
            start = make_business_key_start(business_key)
        place = keys.join_wait_name(kind, name)
        replies = self._read(
            [("ZRANGEBYLEX", keys.name_waiting(p, place), *make_member_range(start)) for p in self._prefixes]
        )
        return [read_member_id(member) for members in replies for member in members]

    def group_waiting_by_key(self, kind: str, name: str, limit: int) -> dict[str, list[str]] | None:
        """Subscription ids of a name by what ``by_business_key`` makes of their key; None: too many to list them."""
        indexes = [keys.name_waiting(p, keys.join_wait_name(kind, name)) for p in self._prefixes]
        if self._sum([("ZCARD", key) for key in indexes]) > limit:
            return None
        found: dict[str, list[str]] = {}
        for members in self._read([("ZRANGEBYLEX", key, "[b", "(c") for key in indexes]):
            for member in members:
                key, separator, id_ = member.decode().rpartition(keys.SEPARATOR)
                found.setdefault(key + separator, []).append(id_)
        return found

    # -- together

    def _choose(self, ended: bool) -> list[str]:
        return self._all_prefixes if ended else self._prefixes

    def _read(self, commands: Sequence[Read]) -> list[Any]:
        replies: list[Any] = []
        for first in range(0, len(commands), _CHUNK):
            replies += self._backend.read(commands[first : first + _CHUNK])
        return replies

    def _sum(self, commands: Sequence[Read]) -> int:
        return sum(cast("Iterable[int]", self._read(commands)))

    def _scored(self, commands: Sequence[Read], options: Read = ()) -> list[tuple[Millis, str]]:
        replies = self._read([(*command, "WITHSCORES", *options) for command in commands])
        return sorted((int(float(score)), member.decode()) for flat in replies for member, score in iterate_pairs(flat))


def log_damage(instance_id: str, reason: str) -> None:
    log.warning("skipped", action="instance.unreadable", instance=instance_id, reason=reason)
