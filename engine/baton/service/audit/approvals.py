"""Commands that take effect only when a second person has approved them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from baton.model.commands import MarkUndone, Rollback, SkipIncident, SkipUndo
from baton.model.errors import Conflict, Forbidden, NotFound
from baton.model.identity import ApiKey
from baton.model.records import InstanceHeader
from baton.service.core.clock import Clock
from baton.service.core.queries import InstanceQuery
from baton.service.core.settings import SECOND_PERSON, Settings
from baton.service.deployments.library import DefinitionLibrary
from baton.service.identity.accounts import Accounts
from baton.service.identity.caller import Caller, CallerKind
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.instance_reader import InstanceReader
from baton.service.turns.mailbox import Mailbox
from baton.store.approvals import Approvals as StoredApprovals
from baton.store.approvals import ApprovedCommand, PendingApproval

PROPERTY = "baton:secondPerson"
"""Extension property of a process: which of its commands ask for a second person, with commas between them."""
_AT_ONCE = 200
Found: TypeAlias = tuple[PendingApproval, InstanceHeader]
NAMES: dict[type, str] = {Rollback: "rollback", SkipUndo: "skip", SkipIncident: "skip", MarkUndone: "mark-undone"}


class Approvals:
    """``definitions``: of the whole engine. All else may be narrowed to what a caller may do."""

    def __init__(
        self,
        stored: StoredApprovals,
        instances: InstanceQueries,
        reader: InstanceReader,
        definitions: DefinitionLibrary,
        mailbox: Mailbox,
        accounts: Accounts,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._stored, self._instances, self._reader, self._definitions = stored, instances, reader, definitions
        self._mailbox, self._accounts, self._clock = mailbox, accounts, clock
        self._everywhere = split_names(settings.second_person)

    def are_needed(self, instance_id: str, command: ApprovedCommand, caller: Caller) -> bool:
        """Whether a second person has to approve it. Where nobody signs in, there is none. Raises NotFound."""
        if caller.kind is CallerKind.ANYBODY:
            return False
        model = self._definitions.get_model(self._instances.get(instance_id).definition_id)
        return NAMES[type(command)] in self._everywhere | split_names(model.properties.get(PROPERTY, ""))

    def request(self, instance_id: str, command: ApprovedCommand, caller: Caller) -> PendingApproval:
        """Keep the command until somebody else has decided. Raises NotFound, Conflict, BadRequest."""
        header = self._instances.get(instance_id)
        if isinstance(command, Rollback):
            self._reader.plan_compensation(header.id, to=command.to)
        people = tuple(sorted(self._find_people(caller)))
        found = PendingApproval(
            instance_id=header.id, at=self._clock.now(), by=caller.name, people=people, command=command
        )
        if not self._stored.add(found):
            raise Conflict(
                f"Expected an instance for which nothing waits for a second person, but for '{header.id}' something "
                "does: approve or refuse that first"
            )
        return found

    def list(self, *, first: int = 0, limit: int) -> list[Found]:
        """Those of instances within reach with these, the oldest first: ``limit`` of them from ``first`` on."""
        pending = sorted(self._stored.list(), key=lambda item: (item.at, item.instance_id))
        return list(islice(self._iterate_reachable(pending), first, first + limit))

    def find(self, instance_id: str) -> Found | None:
        """What waits for this instance, with it; None also if it is out of reach."""
        pending = self._stored.get(instance_id)
        return None if pending is None else next(self._iterate_reachable([pending]), None)

    def count(self) -> int:
        """How many wait, of instances within reach."""
        ids = self._stored.list_ids()
        return self._instances.count(InstanceQuery(ids=tuple(ids), include_ended=True)) if ids else 0

    def _iterate_reachable(self, pending: Sequence[PendingApproval]) -> Iterator[Found]:
        """Reads instances only as far as they are asked for."""
        for begin in range(0, len(pending), _AT_ONCE):
            part = pending[begin : begin + _AT_ONCE]
            ids = tuple(item.instance_id for item in part)
            found = self._instances.find(InstanceQuery(ids=ids, include_ended=True))
            headers = {header.id: header for header in found}
            yield from ((item, headers[item.instance_id]) for item in part if item.instance_id in headers)

    def approve(self, instance_id: str, caller: Caller) -> None:
        """Apply what waits. It is gone also if the instance refuses it. Raises NotFound, Forbidden, Conflict."""
        pending = self._get(instance_id)
        if self.is_own(pending, caller):
            raise Forbidden(f"Expected another person than '{pending.by}', who has asked for it, to approve it")
        self._take(pending)
        self._mailbox.submit(pending.instance_id, pending.make_command(caller.name))

    def is_own(self, pending: PendingApproval, caller: Caller) -> bool:
        """Whether the caller has asked for it, or one stands for the other: then they cannot approve it."""
        return bool(self.find_own([pending], caller))

    def find_own(self, pending: Iterable[PendingApproval], caller: Caller) -> frozenset[str]:
        """The instances of those that the caller has asked for."""
        people = self._find_people(caller)
        return frozenset(item.instance_id for item in pending if people & set(item.people))

    def refuse(self, instance_id: str) -> None:
        """Forget what waits; also who has asked for it may do so. Raises NotFound."""
        self._take(self._get(instance_id))

    def _get(self, instance_id: str) -> PendingApproval:
        self._instances.get(instance_id)
        found = self._stored.get(instance_id)
        if found is None:
            raise _make_missing(instance_id)
        return found

    def _take(self, pending: PendingApproval) -> None:
        if self._stored.take(pending.instance_id) != pending:
            raise _make_missing(pending.instance_id)

    def _find_people(self, caller: Caller) -> set[str]:
        """The person behind a caller: a key stands for itself and for the person who has made it."""
        if caller.kind is CallerKind.PERSON:
            return {f"person {caller.name}"}
        made: list[ApiKey] = [key for key in self._accounts.list_keys() if key.name == caller.name]
        return {f"key {caller.name}", *(f"person {key.created_by}" for key in made if key.created_by)}


def split_names(text: str) -> set[str]:
    """What the text names, of ``SECOND_PERSON``; what else it holds counts for nothing."""
    return {name.strip() for name in text.split(",")} & SECOND_PERSON


def _make_missing(instance_id: str) -> NotFound:
    return NotFound(f"Expected something that waits for a second person for '{instance_id}', but there is nothing")
