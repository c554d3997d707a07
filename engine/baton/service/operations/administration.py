"""What operators do with definitions and instances: suspend, delete, set how long history is stored."""

from __future__ import annotations

from dataclasses import replace

import structlog

from baton.model.commands import ResumeInstance, SuspendInstance
from baton.model.definition import Definition
from baton.model.errors import BadRequest, Conflict, NotFound, Rejected
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.core.queries import DefinitionQuery
from baton.service.deployments.deployer import Deployer
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.removal import Removal
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.turns.mailbox import Mailbox
from baton.store.store import Store

log = structlog.get_logger("baton.admin")
DAY_MS = 86_400_000


class Administration:
    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        deployer: Deployer,
        mailbox: Mailbox,
        instances: InstanceQueries,
        removal: Removal,
        clock: Clock,
    ) -> None:
        self._store, self._library, self._deployer, self._removal = store, library, deployer, removal
        self._mailbox, self._instances, self._clock = mailbox, instances, clock

    # -- definitions

    def suspend_definition(self, id_or_key: str, suspended: bool, include_instances: bool = False) -> None:
        """Suspend or resume a definition, by a key all its versions. A suspended definition starts no instance."""
        definitions = self._find_definitions(id_or_key)
        self._store.library.save([replace(item, suspended=suspended) for item in definitions])
        self._library.announce_change()
        if not include_instances:
            return
        for definition in definitions:
            for _, instance_id in self._store.lists.list_unfinished(definition.id):
                self._submit_if_possible(instance_id, SuspendInstance() if suspended else ResumeInstance())

    def set_history_ttl(self, definition_id: str, days: int | None) -> None:
        """Set after how many days ended instances are deleted; None: never."""
        if days is not None and days < 0:
            raise BadRequest(f"Expected a history time to live of 0 days or more, but found {days}")
        self._store.library.save([replace(self._library.get(definition_id), history_ttl_days=days)])
        self._library.announce_change()

    def delete_definition(self, definition_id: str, cascade: bool = False) -> None:
        """Raises Conflict when instances run or are in it by a call; with ``cascade`` they are cancelled."""
        definition = self._library.get_definition(definition_id)
        deployment = self._deployer.get(definition.deployment_id)
        self._removal.remove(deployment, [definition], whole=False, cascade=cascade)

    def delete_deployment(self, deployment_id: str, cascade: bool = False) -> None:
        """The same for all definitions of a deployment, and for its decisions."""
        deployment = self._deployer.get(deployment_id)
        definitions = self._library.find(DefinitionQuery(deployment_id=deployment_id))
        self._removal.remove(deployment, definitions, whole=True, cascade=cascade)
        log.info("deployment deleted", action="deployment.deleted", deployment=deployment_id)

    def _find_definitions(self, id_or_key: str) -> list[Definition]:
        if ":" in id_or_key:
            return [self._library.get(id_or_key)]
        found = self._library.find(DefinitionQuery(keys=(id_or_key,)))
        if not found:
            raise NotFound(f"Expected a process definition with key '{id_or_key}', but there is none")
        return found

    def _submit_if_possible(self, instance_id: str, command: SuspendInstance | ResumeInstance) -> None:
        try:
            self._mailbox.submit(instance_id, command)
        except Rejected as error:
            log.info("instance skipped", action="instance.skipped", instance=instance_id, reason=error.message)

    def remove_traces(self, instance_id: str) -> bool:
        """Delete what is left of an instance whose state is gone, which nothing else can; False when it has a state."""
        removed = self._store.forget_traces(instance_id)
        if removed:
            log.warning("traces removed", action="instance.traces_removed", instance=instance_id)
        return removed

    # -- history

    def delete_history(self, instance_id: str) -> None:
        """Delete an ended instance with its history. Raises NotFound, and Conflict while it runs."""
        if self.remove_traces(instance_id):
            return
        header = self._instances.get(instance_id)
        if not header.state.is_ended:
            raise Conflict(f"Expected instance '{instance_id}' to have ended, but it is {header.state.value}")
        self._store.forget(header)

    def _forget_expired(self, instance_id: str) -> bool:
        """False for an instance under legal hold, which stays."""
        if self._store.holds.list_held([instance_id]):
            return False
        for header in self._store.lists.get_headers([instance_id]):
            self._store.forget(header)
        return True

    def _list_asked(self, now: Millis) -> list[InstanceHeader]:
        """Ended instances whose own removal time has come."""
        due = self._store.removals.list_due(now)
        return [header for header in self._store.lists.get_headers(due) if header.state.is_ended] if due else []

    def forget_expired(self, limit: int = 1_000) -> int:
        """Delete ended instances whose time to live is over; returns how many."""
        now, gone = self._clock.now(), 0
        for definition in self._library.find(DefinitionQuery()):
            if definition.history_ttl_days is None:
                continue
            until = now - definition.history_ttl_days * DAY_MS
            old = [id_ for _, id_ in self._store.lists.list_ended(definition.id, until=until)]
            asked = self._store.removals.read_each(old)
            by_time = [id_ for id_, moment in zip(old, asked, strict=True) if moment is None]
            gone += sum(map(self._forget_expired, by_time[: limit - gone]))
        for header in self._list_asked(now)[: limit - gone]:
            gone += self._forget_expired(header.id)
        if gone:
            log.info("expired history deleted", action="retention.deleted", instances=gone)
        return gone
