"""The state of one instance: tokens, variables, ledger, what it waits for. Reading takes no turn."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import structlog

from baton.model.commands import Command, Envelope
from baton.model.declared import FIELD, read_declared
from baton.model.errors import NotFound, Rejected
from baton.model.records import (
    ExternalTask,
    Incident,
    InstanceHeader,
    InstanceState,
    Job,
    LedgerEntry,
    LedgerState,
    Subscription,
    UserTask,
)
from baton.model.rows import from_row
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.model.values import Value
from baton.runtime import Instance, PlanStep, Ports, TokenView
from baton.service.reads import wait_state
from baton.service.reads.unreadable import UnreadableInstances
from baton.service.reads.wait_state import WaitState
from baton.service.turns.failures import raise_refusal
from baton.store import codec
from baton.store.rebuilding import UNREADABLE
from baton.store.store import Store
from baton.store.turns import decode_header

log = structlog.get_logger("baton.reads")
Fields = Mapping[str, bytes]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSnapshot:
    """One consistent reading, as of ``header.position``. ``variables``: by the scope's token number."""

    header: InstanceHeader
    tokens: list[TokenView]
    variables: dict[int, dict[str, Value]]
    ledger: list[LedgerEntry]
    incidents: list[Incident]
    waits: list[WaitState]


class InstanceReader:
    def __init__(self, store: Store, ports: Ports, unreadable: UnreadableInstances) -> None:
        self._store, self._ports, self._unreadable = store, ports, unreadable

    def read_fields(self, instance_id: str) -> Fields:
        """The encoded state. Raises NotFound."""
        fields = self._store.lists.read_fields(instance_id)
        if "h" not in fields:
            raise NotFound(f"Expected a process instance with id '{instance_id}', but there is none")
        return fields

    def get_snapshot(self, instance_id: str) -> InstanceSnapshot:
        fields = self.read_fields(instance_id)
        header = decode_header(fields)
        with self._loading(instance_id, fields) as instance:
            return InstanceSnapshot(
                header=header,
                tokens=[] if header.state.is_ended else instance.list_tokens(),
                variables=collect_variables(fields),
                ledger=close_ledger(instance.ledger, header.state),
                incidents=read_records(fields, "i", Incident),
                waits=self._read_waits(fields),
            )

    def _read_waits(self, fields: Fields) -> list[WaitState]:
        tasks: list[ExternalTask] = read_records(fields, "x", ExternalTask)
        locks = self._store.tasks.get_locks([task.id for task in tasks]) if tasks else {}
        return [
            *(wait_state.wait_for_worker(item, locks) for item in tasks),
            *(wait_state.wait_for_person(record) for record in read_records(fields, "u", UserTask)),
            *(wait_state.wait_for_event(record) for record in read_records(fields, "m", Subscription)),
            *(wait_state.wait_for_job(record) for record in read_records(fields, "j", Job)),
        ]

    def list_tokens(self, instance_id: str) -> list[TokenView]:
        """The token tree, parents before children; the instance itself (token 0) is not in it."""
        fields = self.read_fields(instance_id)
        if decode_header(fields).state.is_ended:
            return []
        with self._loading(instance_id, fields) as instance:
            return instance.list_tokens()

    def read_or_skip(self, id_: str, read: Callable[[], T]) -> T | None:
        """What ``read`` returns; None, after a report, of an instance that cannot be read, or of a record of one."""
        return self._unreadable.read_or_skip(id_, read)

    def list_readable_incidents(self, instance_id: str) -> list[Incident]:
        """The open incidents; none of an instance that is gone."""
        return read_records(self._store.lists.read_fields(instance_id), "i", Incident)

    def list_readable_jobs(self, instance_id: str) -> list[Job]:
        """Those that are open; none of an instance that is gone."""
        return read_records(self._store.lists.read_fields(instance_id), "j", Job)

    def list_readable_tokens(self, instance_id: str) -> list[TokenView]:
        """As ``list_tokens``; none of an instance that cannot be read."""
        return self._unreadable.read_or_skip(instance_id, lambda: self.list_tokens(instance_id)) or []

    def list_readable_variables(self, instance_id: str) -> dict[int, dict[str, Value]]:
        """The variables by the token number of their scope; none of an instance that cannot be read."""
        return (
            self._unreadable.read_or_skip(instance_id, lambda: collect_variables(self.read_fields(instance_id))) or {}
        )

    def read_variables_of_each(self, instance_ids: Sequence[str]) -> dict[str, dict[str, Value]]:
        """The instances' own variables, by instance: read together; none of one that cannot be read."""
        try:
            states = self._store.lists.read_states(instance_ids)
            return {id_: self.read_scope(fields, 0) for id_, fields in zip(instance_ids, states, strict=True)}
        except UNREADABLE:
            return {id_: self.list_readable_variables(id_).get(0, {}) for id_ in instance_ids}

    @contextmanager
    def _loading(self, instance_id: str, fields: Fields) -> Generator[Instance]:
        """The instance, to be asked meanwhile."""
        values = {name: codec.decode(blob) for name, blob in fields.items()}
        instance = Instance.restore(instance_id, values, self._ports)
        try:
            yield instance
        finally:
            instance.release()

    # -- variables

    def get_variables(self, instance_id: str, token: int | None = None) -> dict[str, Value]:
        """The variables of one scope: the instance's own by default. Raises NotFound."""
        fields = self.read_fields(instance_id)
        if token and f"t{token}" not in fields:
            raise NotFound(f"Expected an execution '{instance_id}.{token}', but there is none (any more)")
        return self.read_scope(fields, token or 0)

    def get_visible_variables(self, instance_id: str, token: int = 0) -> dict[str, Value]:
        """All that a token sees: inner scopes hide outer ones. Raises NotFound."""
        fields = self.read_fields(instance_id)
        if token and f"t{token}" not in fields:
            raise NotFound(f"Expected an execution '{instance_id}.{token}', but there is none (any more)")
        return self.resolve_variables(instance_id, fields, token)

    def resolve_variables(self, instance_id: str, fields: Fields, token: int) -> dict[str, Value]:
        """As ``get_visible_variables``, on fields that were read already."""
        row = codec.decode(fields[f"t{token}"]) if token else None
        if row is None:
            return self.read_scope(fields, 0)
        _, parent, _, memory = row[:4]
        if parent == 0 and "undoes" not in memory and len(row) == 4:
            # Most tokens: directly in the instance, no snapshot behind them; no need to build the whole instance.
            return {**self.read_scope(fields, 0), **self.read_scope(fields, token)}
        with self._loading(instance_id, fields) as instance:
            return instance.get_visible_variables(token)

    def read_scope(self, fields: Fields, token: int) -> dict[str, Value]:
        """The variables that a scope owns."""
        start = f"v{token}/"
        names = [name for name in fields if name.startswith(start)]
        return {name[len(start) :]: _read_variable(fields, name) for name in names}

    # -- ledger and subscriptions

    def list_subscriptions(self, instance_id: str) -> list[Subscription]:
        return read_records(self._store.lists.read_fields(instance_id), "m", Subscription)

    def get_ledger(self, instance_id: str) -> list[LedgerEntry]:
        fields = self.read_fields(instance_id)
        header = decode_header(fields)
        with self._loading(instance_id, fields) as instance:
            return close_ledger(instance.ledger, header.state)

    def plan_compensation(
        self, instance_id: str, activity_ref: str | None = None, to: str | None = None
    ) -> list[PlanStep]:
        """What would be undone, in order, without doing it."""
        with self._loading(instance_id, self.read_fields(instance_id)) as instance:
            return instance.plan(activity_ref=activity_ref, to=to)

    def preview(self, instance_id: str, command: Command, now: Millis) -> TurnResult:
        """The turn that a command would be applied in at a moment: decided, and thrown away.

        Raises NotFound, and what the command would be refused with.
        """
        with self._loading(instance_id, self.read_fields(instance_id)) as instance:
            result = instance.decide(
                [Envelope(id="preview", command=command, submitted_at=now, on_failure="incident")], now, {}
            )
        raise_refusal(result.answers["preview"])
        return result

    def explain_refusal(self, instance_id: str, command: Command, now: Millis) -> str | None:
        """What a command would be refused with at a moment; None if it would not. Raises NotFound."""
        try:
            self.preview(instance_id, command, now)
        except NotFound:
            raise
        except Rejected as error:
            return error.message
        return None


def close_ledger(entries: Iterable[LedgerEntry], state: InstanceState) -> list[LedgerEntry]:
    """The ledger as it is shown, in its order: what was still undoable when the instance ended is ``kept``."""
    ordered = sorted(entries, key=lambda entry: entry.seq)
    if not state.is_ended:
        return ordered
    return [
        replace(entry, state=LedgerState.KEPT) if entry.state is LedgerState.UNDOABLE else entry for entry in ordered
    ]


def collect_variables(fields: Fields) -> dict[int, dict[str, Value]]:
    found: dict[int, dict[str, Value]] = {0: {}}
    for name in fields:
        if name.startswith("v"):
            number, _, variable = name[1:].partition("/")
            found.setdefault(int(number), {})[variable] = _read_variable(fields, name)
    return found


def _read_variable(fields: Fields, name: str) -> Value:
    """With the type that was declared of it."""
    value, beside = codec.decode(fields[name]), fields.get(FIELD + name)
    return value if beside is None else read_declared(value, codec.decode(beside))


def read_records(fields: Fields, letter: str, kind: type[Any]) -> list[Any]:
    """The open records of one kind of an instance, by number; those that cannot be read are left out."""
    names = sorted(
        (name for name in fields if name.startswith(letter) and name[1:].isdigit()), key=lambda n: int(n[1:])
    )
    return [record for name in names if (record := _read_record(kind, name, fields[name])) is not None]


def _read_record(kind: type[Any], name: str, blob: bytes) -> Any:
    try:
        return from_row(kind, codec.decode(blob))
    except UNREADABLE as error:
        log.warning("record skipped", action="record.damaged", field=name, reason=str(error))
        return None
