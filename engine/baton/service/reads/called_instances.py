"""Called processes as instances of lists: each is a scope in the state of its caller's instance, or has a row of its
own once it has ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from baton.model.called import EndedProcess
from baton.model.ids import RecordId, get_instance_id, parse_record_id
from baton.model.records import Incident, InstanceHeader, InstanceState
from baton.model.values import Value
from baton.runtime import list_called
from baton.service.reads.called_indexing import CalledIndexing
from baton.service.reads.instance_reader import InstanceReader
from baton.store import codec
from baton.store.called import ENDED_ROW
from baton.store.ended_called import decode_row, find_state
from baton.store.scanning import Span
from baton.store.store import Store
from baton.store.turns import decode_header

CALLED = "process"
"""The kind of a token that is the scope of a called process."""


def is_called_id(id_: str) -> bool:
    """Whether an id could be that of a called process: that of an instance with a token's number."""
    return parse_record_id(id_) is not None


class CalledInstances:
    """Their headers have the ids of their tokens; what is inside them is told only where ``complete`` has read it."""

    def __init__(self, store: Store, reader: InstanceReader, indexing: CalledIndexing) -> None:
        self._store, self._reader, self._indexing = store, reader, indexing

    def is_any(self, *, ended: bool) -> bool:
        """Whether any runs, or with ``ended`` has ended, within reach or not. What an earlier release has called, and
        what runs, is indexed first.
        """
        self._indexing.complete_once()
        return self._store.called.is_any(ended=ended)

    def get_headers(self, ids: Sequence[str]) -> list[InstanceHeader]:
        """In the order asked; without those that are over, and those that cannot be read."""
        fields = zip(ids, self._store.called.read_each(ids), strict=True)
        found = (
            self._reader.read_or_skip(id_, lambda id_=id_, row=row: self._read(id_, row)) for id_, row in fields if row
        )
        return [header for header in found if header is not None]

    def _read(self, id_: str, row: Mapping[str, bytes]) -> InstanceHeader | None:
        around = decode_header(row)
        if (ended := row.get(ENDED_ROW)) is not None:
            return _make_ended(around, decode_row(around.id, id_.rpartition(".")[2], ended))
        if around.state.is_ended:
            return None
        name = f"t{id_.rpartition('.')[2]}"
        named = list_called(around.id, {name: codec.decode(row[name])})
        if not named:  # a row of an earlier release may name its definition only together with those around it
            fields = self._reader.read_fields(around.id)
            tokens = {name: codec.decode(blob) for name, blob in fields.items() if name[0] == "t"}
            named = [each for each in list_called(around.id, tokens) if each.id == id_]
        for called in named:
            return InstanceHeader(
                id=id_,
                definition_id=called.definition_id,
                definition_key=called.definition_id.partition(":")[0],
                state=around.state,
                started_at=called.started_at,
                business_key=called.business_key,
                tenant_id=around.tenant_id,
                position=around.position,
            )
        return None

    def complete(self, headers: Sequence[InstanceHeader]) -> list[InstanceHeader]:
        """With the tokens of each and its open incidents, those of what it has called in turn among them."""
        inside: dict[str, _Inside] = {}
        for instance_id in {get_instance_id(header.id) for header in headers if _runs_inside(header)}:
            inside[instance_id] = _Inside(self._reader, instance_id)
        return [
            inside[get_instance_id(header.id)].complete(header) if _runs_inside(header) else header
            for header in headers
        ]

    def find_callers(self, ids: Sequence[str]) -> dict[str, str]:
        """Ids of called processes that have ended -> those of the processes that have called them."""
        found = zip(ids, self._store.called.read_ended(ids), strict=True)
        return {
            id_: f"{get_instance_id(id_)}.{ended.caller}" if ended.caller else get_instance_id(id_)
            for id_, ended in found
            if ended is not None
        }

    def list_incidents(self, id_: str, *, own: bool = False) -> list[Incident]:
        """The open incidents of an instance, or a called process, that runs. ``own``: without those of what it has
        called in turn.
        """
        record, inside = parse_record_id(id_), _Inside(self._reader, get_instance_id(id_))
        return inside.list_incidents(0 if record is None else record.number, own=own)

    def is_retrying(self, id_: str) -> bool:
        """Whether an instance or called process has a job of its own that has failed and is to be tried again."""
        record, instance_id = parse_record_id(id_), get_instance_id(id_)
        failed = [each for each in self._reader.list_readable_jobs(instance_id) if each.is_retried]
        if not failed:
            return False
        inside = _Inside(self._reader, instance_id)
        number = 0 if record is None else record.number
        return any(inside.find_owner(each.token) == number for each in failed)

    def is_leaf(self, id_: str) -> bool:
        """Whether an instance or called process has called nothing that runs."""
        record = parse_record_id(id_)
        return not _Inside(self._reader, get_instance_id(id_)).calls(0 if record is None else record.number)

    def list_with_incident(self, instance_ids: Collection[str]) -> list[str]:
        """Of instances those called processes that have an open incident."""
        calling = {get_instance_id(id_) for part in self._iterate_ids() for id_ in part}
        return [id_ for each in instance_ids if each in calling for id_ in _Inside(self._reader, each).list_affected()]

    def _iterate_ids(self) -> Iterator[list[str]]:
        return ([id_ for _, id_ in part] for part in self._store.lists.scan(self._make_running_span()))

    def _make_running_span(self) -> Span:
        return self._store.called.make_span((InstanceState.ACTIVE,), by="start")

    def read_variables_of_each(self, ids: Sequence[str]) -> dict[str, dict[str, Value]]:
        """Their own variables; none of one that has ended, or cannot be read."""
        scopes = {id_: self._reader.list_readable_variables(id_) for id_ in {get_instance_id(each) for each in ids}}
        return {id_: scopes[get_instance_id(id_)].get(_parse(id_).number, {}) for id_ in ids}


class _Inside:
    """The tokens and incidents of one instance, by the called processes that they are in."""

    def __init__(self, reader: InstanceReader, instance_id: str) -> None:
        self._instance_id = instance_id
        self._tokens = {token.number: token for token in reader.list_readable_tokens(instance_id)}
        self._incidents = reader.list_readable_incidents(instance_id)

    def complete(self, header: InstanceHeader) -> InstanceHeader:
        number = _parse(header.id).number
        own = [each for each in self._tokens.values() if each.kind != CALLED and self.find_owner(each.number) == number]
        counts = Counter(each.element for each in own)
        return replace(header, tokens=tuple(counts.items()), incidents=len(self.list_incidents(number)))

    def list_incidents(self, number: int, *, own: bool = False) -> list[Incident]:
        if own:
            return [each for each in self._incidents if self.find_owner(each.token) == number]
        return [each for each in self._incidents if number == 0 or number in self._list_around(each.token)]

    def list_affected(self) -> list[str]:
        numbers = {number for each in self._incidents for number in self._list_around(each.token)}
        return [f"{self._instance_id}.{number}" for number in sorted(numbers)]

    def calls(self, number: int) -> bool:
        """Whether a called process is in this one, or in the instance for 0."""
        called = (each for each in self._tokens.values() if each.kind == CALLED and each.number != number)
        return any(number == 0 or number in self._list_around(each.number) for each in called)

    def find_owner(self, number: int) -> int:
        """The called process that a token is in, the innermost of them; 0 is the instance."""
        return next(iter(self._list_around(number)), 0)

    def _list_around(self, number: int) -> list[int]:
        """The called processes that a token is in, itself among them, from the innermost out."""
        found: list[int] = []
        token = self._tokens.get(number)
        while token is not None:
            found += [token.number] if token.kind == CALLED else []
            token = self._tokens.get(token.parent or 0)
        return found


def _runs_inside(header: InstanceHeader) -> bool:
    """Whether its caller's state has it."""
    return header.is_called and not header.state.is_ended


def _make_ended(around: InstanceHeader, ended: EndedProcess) -> InstanceHeader:
    called = ended.called
    return InstanceHeader(
        id=called.id,
        definition_id=called.definition_id,
        definition_key=called.definition_id.partition(":")[0],
        state=find_state(ended),
        started_at=called.started_at,
        ended_at=ended.ended_at,
        business_key=called.business_key,
        tenant_id=around.tenant_id,
        position=around.position,
    )


def _parse(id_: str) -> RecordId:
    found = parse_record_id(id_)
    if found is None:
        raise ValueError(f"Expected the id of a called process, but found '{id_}'")
    return found
