"""Starts instances: on request, by a message, a signal, a condition or a timer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from baton.expression import ExpressionError, MappingScope, compile_expression, is_truthy
from baton.model.commands import CancelInstance, StartInstance
from baton.model.definition import Definition, EventKind
from baton.model.errors import CannotComplete, Conflict, NotFound, Rejected
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.admission import AdmissionControl
from baton.service.core.ids import Ids
from baton.service.core.settings import Settings
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.start_records import make_next_timer, make_timer
from baton.service.turns.failures import raise_refusal
from baton.service.turns.mailbox import Mailbox
from baton.store.library import ACTIVATION, StartSubscription, StartTimer
from baton.store.ports import Claimed
from baton.store.store import Store

log = structlog.get_logger("baton.starts")


class Starts:
    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        mailbox: Mailbox,
        room: AdmissionControl,
        settings: Settings,
        ids: Ids,
    ) -> None:
        self._store, self._library, self._mailbox = store, library, mailbox
        self._admission, self._settings, self._ids = room, settings, ids

    def start(
        self,
        definition_id: str,
        *,
        business_key: str | None = None,
        variables: Mapping[str, Value] | None = None,
        start_element: str | None = None,
        before: Sequence[str] = (),
        command_id: str | None = None,
        unique_business_key: bool = False,
        by: str | None = None,
        tenant_id: str | None = None,
        repeated: bool = False,
    ) -> InstanceHeader:
        """A new instance, as of its first turn; the same command id again finds the same instance.

        ``repeated``: Baton itself starts it, and again if this process dies meanwhile; an instance that has ended
        because its first turn was lost too often is returned then.
        Raises NotFound, Conflict (the business key is taken), Overloaded, CannotComplete (suspended definition).
        """
        definition = self._get_startable(definition_id)
        unique = business_key if unique_business_key else None
        tenant_id = tenant_id or definition.tenant_id
        instance_id = self._ids.make_instance_id(command_id, None if unique is None else f"{definition.key}:{unique}")
        if unique is not None:
            self._require_free(definition, unique, tenant_id, instance_id)
        command = StartInstance(
            definition_id=definition.id,
            business_key=business_key,
            variables=variables or {},
            start_element=start_element,
            before=tuple(before),
            by=by,
            tenant_id=tenant_id,
        )
        try:
            done = self._mailbox.start(
                instance_id,
                command,
                command_id=command_id,
                correlation_id=business_key or instance_id,
                unique=unique is not None,
                repeated=repeated,
            )
        except Claimed as claimed:
            raise _make_conflict(definition, business_key or "", claimed.holder) from None
        if repeated and done.answer.error is not None:
            for lost in self._store.lists.get_headers([instance_id]):
                return lost
        raise_refusal(done.answer)
        if not self._library.is_there(definition.id):
            self._withdraw(instance_id)
            raise _make_gone(definition.id)
        return done.header or self._store.lists.get_headers([instance_id])[0]

    def _get_startable(self, definition_id: str) -> Definition:
        definition = self._library.get(definition_id)
        if definition.removing:
            raise _make_gone(definition_id)
        if definition.suspended:
            raise CannotComplete(
                f"Expected an active process definition, but '{definition_id}' is suspended: activate it first"
            )
        self._admission.admit()
        return definition

    def _withdraw(self, instance_id: str) -> None:
        """The definition has begun to be deleted since it was read, and the deletion may not have seen the instance."""
        try:
            self._mailbox.submit(instance_id, CancelInstance(reason="definition deleted"))
        except Rejected as error:
            log.info("already ended", action="start.withdrawn", instance=instance_id, reason=error.message)
        for header in self._store.lists.get_headers([instance_id]):
            if header.state.is_ended:
                self._store.forget(header)

    def _require_free(self, definition: Definition, business_key: str, tenant_id: str | None, instance_id: str) -> None:
        """Raises Conflict if a running instance of the process and the tenant has the business key, unique or not."""
        owner = (definition.key, tenant_id)
        for header in self._store.lists.get_headers(self._store.lists.find_by_business_key(business_key)):
            is_of_owner = (header.definition_key, header.tenant_id) == owner
            if header.id != instance_id and is_of_owner and not header.state.is_ended:
                raise _make_conflict(definition, business_key, header.id)

    # -- by events

    def start_by_event(
        self,
        subscription: StartSubscription,
        variables: Mapping[str, Value],
        business_key: str | None,
        command_id: str | None,
    ) -> InstanceHeader:
        """Start an instance at a start event that caught an event."""
        unique = None if command_id is None else f"{command_id}:{subscription.place}"
        return self.start(
            subscription.definition_id,
            business_key=business_key,
            variables=variables,
            start_element=subscription.element,
            command_id=unique,
            repeated=command_id is not None,
        )

    def evaluate_conditions(
        self,
        variables: Mapping[str, Value],
        business_key: str | None = None,
        definition_id: str | None = None,
        command_id: str | None = None,
    ) -> list[InstanceHeader]:
        """Start every process whose conditional start event holds for the variables."""
        found = self._library.find_starts(EventKind.CONDITIONAL.value, "")
        return [
            self.start_by_event(item, variables, business_key, command_id)
            for item in found
            if definition_id in (None, item.definition_id) and self._holds(item, variables)
        ]

    def _holds(self, subscription: StartSubscription, variables: Mapping[str, Value]) -> bool:
        node = self._library.get_model(subscription.definition_id).nodes[subscription.element]
        condition = next((e.value for e in node.events if e.kind is EventKind.CONDITIONAL), None)
        try:
            return condition is not None and is_truthy(
                compile_expression(condition.text, condition.dialect).evaluate(MappingScope(variables))
            )
        except ExpressionError:
            return False

    def fire_timers(self, now: Millis) -> tuple[int, Millis | None]:
        """Start the instances whose timer start event is due, each once; how many, and when the next will be due."""
        if self._admission.check() is not None:
            # The timers stay due, and no running instance waits for them.
            return 0, None
        timers, upcoming = self._store.library.claim_due_timers(now=now, retry_at=now + self._settings.lease_ms)
        for timer in timers:
            if timer.element == ACTIVATION:
                self.activate(timer)
                continue
            try:
                self.start_by_timer(timer)
            except (CannotComplete, NotFound) as error:
                log.info(
                    "timer start skipped",
                    action="start.suspended",
                    definition=timer.definition_id,
                    reason=error.message,
                )
            self._store.library.replace_timer(timer, make_next_timer(timer))
        return len(timers), upcoming

    def make_timer(self, timer: StartTimer, base: Millis | None) -> StartTimer | None:
        """The first occurrence of a timer start event set at ``base``, None: when deployed. Raises CannotComplete."""
        if timer.element == ACTIVATION:
            raise CannotComplete(
                f"Expected the timer of a start event, but '{timer.definition_id}' waits to be activated"
            )
        definition = self._library.get(timer.definition_id)
        node = self._library.get_model(definition.id).nodes[timer.element]
        event = next(event for event in node.events if event.kind is EventKind.TIMER)
        try:
            return make_timer(definition.id, node.id, event, definition.deployed_at if base is None else base)
        except ExpressionError as error:
            raise CannotComplete(
                f"Expected the timer of '{timer.element}' to have a moment, but found: {error}"
            ) from None

    def activate(self, timer: StartTimer) -> None:
        """The definition of a deployment becomes active at the moment that was set for it."""
        if self._library.is_there(timer.definition_id):
            definition = self._library.get(timer.definition_id)
            self._store.library.save([replace(definition, suspended=False)])
            self._library.announce_change()
            log.info("definition activated", action="definition.activated", definition=definition.id)
        self._store.library.replace_timer(timer, None)

    def start_by_timer(self, timer: StartTimer) -> InstanceHeader:
        """Start the instance of one moment of a timer start event; a moment starts one instance only."""
        return self.start(
            timer.definition_id,
            start_element=timer.element,
            command_id=f"timer:{timer.definition_id}:{timer.element}:{timer.due}",
            repeated=True,
        )


def _make_gone(definition_id: str) -> NotFound:
    return NotFound(f"Expected a process definition with id '{definition_id}', but it is being deleted")


def _make_conflict(definition: Definition, business_key: str, holder: str) -> Conflict:
    return Conflict(
        f"Expected no running instance of '{definition.key}' with business key '{business_key}', but '{holder}' has it"
    )
