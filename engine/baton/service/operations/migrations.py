"""Migration of running instances to another version of their process: plans made, checked, and executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baton.model.commands import MigrateInstance
from baton.model.definition import Definition, ProcessModel
from baton.model.errors import BadRequest
from baton.model.migration import (
    MOST_CHOICES,
    Choice,
    Move,
    TooManyChoices,
    check_moves,
    generate_moves,
    list_choices,
)
from baton.model.values import Value
from baton.service.core.clock import Clock
from baton.service.core.queries import InstanceQuery
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.batches import Batches, BatchRequest
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.instance_reader import InstanceReader
from baton.service.turns.mailbox import Mailbox
from baton.store.batches import BatchProgress

MIGRATION = "instance-migration"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationPlan:
    """``source_id`` and ``target_id`` are ids of definitions; ``variables`` are set in each instance."""

    source_id: str
    target_id: str
    moves: Sequence[Move]
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])


class InvalidPlan(BadRequest):
    """``reports``: what is wrong with each of the moves."""

    kind = "MigrationPlanValidationException"

    def __init__(self, message: str, reports: Sequence[tuple[Move, Sequence[str]]]) -> None:
        super().__init__(message)
        self.reports = reports


class Migrations:
    def __init__(
        self,
        library: DefinitionLibrary,
        instances: InstanceQueries,
        reader: InstanceReader,
        mailbox: Mailbox,
        batches: Batches,
        clock: Clock,
    ) -> None:
        self._library, self._instances, self._reader = library, instances, reader
        self._mailbox, self._batches, self._clock = mailbox, batches, clock

    def generate(
        self, source_id: str, target_id: str, *, by_kind: bool = False, update_triggers: bool = False
    ) -> list[Move]:
        """The moves that can be found. Raises NotFound, BadRequest for versions of different processes."""
        source, target = self._get_models(source_id, target_id)
        return generate_moves(source, target, by_kind=by_kind, update_triggers=update_triggers)

    def list_choices(self, source_id: str, target_id: str, moves: Sequence[Move]) -> list[Choice]:
        """What each element can become at which a token may rest. Raises NotFound, BadRequest as ``generate``, and
        BadRequest for too many choices.
        """
        source, target = self._get_models(source_id, target_id)
        try:
            return list_choices(source, target, moves)
        except TooManyChoices:
            raise BadRequest(
                f"Expected at most {MOST_CHOICES} choices for all elements together, but there are more: write the "
                "plan without asking for them"
            ) from None

    def check(self, plan: MigrationPlan) -> list[tuple[Move, list[str]]]:
        """What is wrong with each move. Raises NotFound, BadRequest for versions of different processes."""
        source, target = self._get_models(plan.source_id, plan.target_id)
        return list(zip(plan.moves, check_moves(source, target, plan.moves), strict=True))

    def explain(self, plan: MigrationPlan, instance_ids: Sequence[str]) -> dict[str, str]:
        """Why instances cannot be migrated now, by id; nothing is changed. Raises InvalidPlan and as ``check``."""
        command = self._make_command(plan, None)
        found: dict[str, str] = {}
        for id_ in instance_ids:
            refusal = self._reader.explain_refusal(id_, command, self._clock.now())
            if refusal is not None:
                found[id_] = refusal
        return found

    def execute(self, plan: MigrationPlan, instance_ids: Sequence[str], by: str | None) -> None:
        """Migrate the instances, each in a turn of its own; none if one of them cannot be. Raises BadRequest too."""
        command, ids = self._make_command(plan, by), self._require_some(instance_ids)
        if refused := self.explain(plan, ids):
            id_, reason = next(iter(refused.items()))
            more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
            raise BadRequest(f"Cannot migrate instance '{id_}'{more}; nothing was changed. {reason}")
        self._mailbox.submit_each([(id_, command) for id_ in ids])

    def execute_later(self, plan: MigrationPlan, instance_ids: Sequence[str], by: str | None) -> BatchProgress:
        """The same as a batch; those that cannot be migrated are its failures. Raises BadRequest, Conflict."""
        ids, command = self._require_some(instance_ids), self._make_command(plan, by)
        return self._batches.create(BatchRequest(kind=MIGRATION, items=ids, command=command))

    def _require_some(self, instance_ids: Sequence[str]) -> list[str]:
        ids = list(dict.fromkeys(instance_ids))
        there = {header.id for header in self._instances.find(InstanceQuery(ids=tuple(ids)))}
        if missing := [id_ for id_ in ids if id_ not in there]:
            raise BadRequest(f"Expected running process instances to migrate, but there is none with id '{missing[0]}'")
        return ids

    def _make_command(self, plan: MigrationPlan, by: str | None) -> MigrateInstance:
        reports = self.check(plan)
        if not plan.moves:
            raise BadRequest("Expected instructions in the migration plan, but found none")
        if wrong := [(move, failures) for move, failures in reports if failures]:
            move, failures = wrong[0]
            raise InvalidPlan(
                f"Expected a plan that can be executed, but {len(wrong)} of its instructions cannot: from "
                f"'{move.source}' to '{move.target}': {failures[0]}",
                reports,
            )
        return MigrateInstance(
            definition_id=plan.source_id,
            target_id=plan.target_id,
            moves=tuple((move.source, move.target, move.update_trigger) for move in plan.moves),
            variables=plan.variables,
            by=by,
        )

    def _get_models(self, source_id: str, target_id: str) -> tuple[ProcessModel, ProcessModel]:
        source, target = self._library.get(source_id), self._library.get(target_id)
        _require_same_process(source, target)
        return self._library.get_model(source.id), self._library.get_model(target.id)


def _require_same_process(source: Definition, target: Definition) -> None:
    if (source.key, source.tenant_id) != (target.key, target.tenant_id):
        raise BadRequest(
            f"Expected two versions of one process, of one tenant, but '{source.id}' is of '{source.key}' and "
            f"'{target.id}' of '{target.key}'"
        )
    if source.id == target.id:
        raise BadRequest(f"Expected two versions of '{source.key}', but both are '{source.id}'")
    if target.removing:
        raise BadRequest(f"Expected a version to go on in, but '{target.id}' is being deleted")
