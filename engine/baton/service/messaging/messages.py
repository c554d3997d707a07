"""A message reaches exactly one receiver, a signal all; either may start an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from baton.model.commands import Answer, DeliverMessage, DeliverSignal
from baton.model.errors import BadRequest, MismatchingMessage, NotFound, Rejected
from baton.model.ids import get_instance_id
from baton.model.records import InstanceHeader, Subscription, SubscriptionKind
from baton.model.times import Millis
from baton.model.turn_result import Outgoing
from baton.model.values import Value
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.matching import get_execution_id
from baton.service.core.settings import Settings
from baton.service.core.sizes import check_variables
from baton.service.deployments.library import DefinitionLibrary
from baton.service.messaging.buffer import MessageBuffer
from baton.service.messaging.deliveries import Deliveries, Delivery, DeliveryRecord
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.instance_reader import InstanceReader
from baton.service.starts import Starts
from baton.service.turns.failures import EngineBug, raise_refusal
from baton.service.turns.mailbox import Mailbox
from baton.store.library import StartSubscription
from baton.store.store import Store

log = structlog.get_logger("baton.messages")
_MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuery:
    """Who a message is for. ``correlation_keys`` are variables of the waiting instance, all must be equal."""

    name: str
    business_key: str | None = None
    correlation_keys: Mapping[str, Value] = field(default_factory=dict[str, Value])
    local_correlation_keys: Mapping[str, Value] = field(default_factory=dict[str, Value])
    process_instance_id: str | None = None
    definition_id: str | None = None
    start_only: bool = False
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    local_variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    all: bool = False
    tenant_id: str | None = None
    without_tenant: bool = False
    message_id: str | None = None
    """The same id again has no second effect."""
    ttl_ms: Millis = 0
    """How long the message waits for a receiver if there is none."""

    def describe(self) -> str:
        return (
            f"CorrelationSet [businessKey={self.business_key}, processInstanceId={self.process_instance_id}, "
            f"processDefinitionId={self.definition_id}, correlationKeys={dict(self.correlation_keys) or None}, "
            f"localCorrelationKeys={dict(self.local_correlation_keys) or None}, tenantId={self.tenant_id}]"
        )


def make_message_id(message_id: str, tenants: Iterable[str | None]) -> str:
    """An id that tenants have chosen, so that the same one of others is another; as it is for no tenant."""
    named = sorted(tenant for tenant in tenants if tenant)
    return "\0".join([*named, message_id])


@dataclass(frozen=True, slots=True)
class Correlated:
    """Who got the message; ``subscription`` None: it started the instance."""

    header: InstanceHeader
    subscription: Subscription | None = None


class Messages:
    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        mailbox: Mailbox,
        starts: Starts,
        instances: InstanceQueries,
        reader: InstanceReader,
        settings: Settings,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._store, self._library, self._mailbox, self._starts = store, library, mailbox, starts
        self._instances, self._reader, self._settings, self._ids = instances, reader, settings, ids
        self._clock = clock
        self.deliveries = Deliveries(store, mailbox.find_answer, settings.keep_keyed_ms)
        self.buffer = MessageBuffer(store, library, self.deliveries, clock)

    # -- messages

    def correlate(self, query: MessageQuery) -> list[Correlated]:
        """Deliver a message. Raises MismatchingMessage when it fits none, or (without ``all``) more than one.

        With ``ttl_ms`` a message that fits none waits for its receiver; the list is empty then.
        """
        if not query.name:
            raise BadRequest("Expected the name of a message, but found none")
        check_variables(query.variables, self._settings)
        _check_can_wait(query)
        for _ in range(_MAX_ATTEMPTS):
            record = DeliveryRecord() if query.message_id is None else self.deliveries.read_record(query.message_id)
            if record.reached is not None:
                return [Correlated(header) for header in self._store.lists.get_headers(record.reached)]
            if record.pending is not None:
                repeated = self._deliver_again(query, record.make_delivery(query.message_id or ""))
                if repeated is not None:
                    return [repeated]
                record = record.refuse()
            try:
                return self._deliver_all(query) if query.all else [self._deliver_one(query, record)]
            except _ReceiverGone:
                continue
            except NoReceiver:
                if query.message_id and self.deliveries.read_record(query.message_id).stored != record.stored:
                    continue  # another process that was told the same has delivered it meanwhile
                if query.ttl_ms <= 0:
                    raise
                self._buffer(query)
                return []
        raise MismatchingMessage(f"Cannot correlate message '{query.name}': its receivers kept changing; try again")

    def deliver_each(self, pairs: Sequence[tuple[MessageQuery, Delivery]]) -> list[bool]:
        """Deliver messages whose receivers are known, together; returns which of them have arrived."""
        if not self.deliveries.record([delivery for _, delivery in pairs]):
            return [False] * len(pairs)
        outcomes = self._mailbox.deliver_each(
            [
                (delivery.instance_id, _make_command(query, delivery.subscription_id), delivery.command_id)
                for query, delivery in pairs
            ]
        )
        return [isinstance(outcome, Answer) and outcome.error is None for outcome in outcomes]

    def _deliver_one(self, query: MessageQuery, record: DeliveryRecord) -> Correlated:
        receivers = [] if query.start_only or record.start is not None else self._find_receivers(query)
        if len(receivers) > 1:
            raise MismatchingMessage(
                f"Cannot correlate a message with name '{query.name}' to a single execution. {len(receivers)} "
                f"executions match the correlation keys: {query.describe()}"
            )
        if receivers:
            return self._deliver(query, receivers[0], self._record_delivery(query, receivers[0], record))
        starts = [start for start in self._find_starts(query) if record.start in (None, start.place)]
        if not starts:
            raise NoReceiver(
                f"Cannot correlate message '{query.name}': No process definition or execution matches the parameters"
            )
        if len(starts) > 1:
            raise MismatchingMessage(
                f"Cannot correlate message '{query.name}': {len(starts)} process definitions match the parameters"
            )
        if query.message_id is not None:
            self._record(Delivery(query.message_id, record=record, start=starts[0].place))
        started = self._start(query, starts[0])
        self._record_reached(query, [started])
        return started

    def _buffer(self, query: MessageQuery) -> None:
        """The receiver may still come: the outbox tries again until the message's time is over."""
        out = Outgoing(
            id=query.message_id or self._ids.make_command_id(),
            kind="message",
            name=query.name,
            sender="",
            element="",
            variables=query.variables,
            business_key=query.business_key,
            tenant_id=query.tenant_id,
        )
        keys_ = query.correlation_keys
        self._store.outbox.buffer(out, now=self._clock.now(), ttl_ms=query.ttl_ms, correlation_keys=keys_)
        self.buffer.add_name(query.name)

    def _deliver_all(self, query: MessageQuery) -> list[Correlated]:
        receivers = [] if query.start_only else self._find_receivers(query)
        found: list[Correlated] = []
        refused: EngineBug | BadRequest | None = None
        for receiver in receivers:
            try:
                found.append(self._deliver(query, receiver, _make_command_id(query, receiver)))
            except _ReceiverGone:
                continue
            except (EngineBug, BadRequest) as error:  # it has an incident, or variables do not fit its schemas
                log.warning("skipped", action="message.skipped", receiver=receiver.id, reason=error.message)
                refused = error
        found += [self._start(query, start) for start in self._find_starts(query)]
        if refused is not None and not found:
            raise refused
        self._record_reached(query, found)
        return found

    def _find_receivers(self, query: MessageQuery) -> list[Subscription]:
        """Open subscriptions that match the query."""
        if query.process_instance_id is not None:
            found = self._reader.list_subscriptions(query.process_instance_id)
            found = [s for s in found if s.kind is SubscriptionKind.MESSAGE and s.name == query.name]
        else:
            ids = self._store.lists.find_waiting("message", query.name, business_key=query.business_key)
            found = self._store.lists.get_records(Subscription, ids)
        return self._filter_by_variables(query, [item for item in found if _matches(query, item)])

    def _filter_by_variables(self, query: MessageQuery, found: Sequence[Subscription]) -> list[Subscription]:
        """Those whose variables equal the correlation keys."""
        scopes = [((item.instance_id, 0), (item.instance_id, item.token)) for item in found]
        own = self._store.lists.read_variables((scope for scope, _ in scopes), [*query.correlation_keys])
        local = self._store.lists.read_variables((scope for _, scope in scopes), [*query.local_correlation_keys])
        return [
            entry
            for entry, (outer, inner) in zip(found, scopes, strict=True)
            if _contains(own[outer], query.correlation_keys) and _contains(local[inner], query.local_correlation_keys)
        ]

    def _record_delivery(self, query: MessageQuery, receiver: Subscription, record: DeliveryRecord) -> str | None:
        """Record the receiver before the delivery, so that a repeat reaches no other; returns the command id."""
        if query.message_id is None:
            return None
        delivery = Delivery(query.message_id, receiver.instance_id, receiver.id, record)
        self._record(delivery)
        return delivery.command_id

    def _record(self, delivery: Delivery) -> None:
        if not self.deliveries.record([delivery]):
            raise _ReceiverGone(f"Message '{delivery.message_id}' is being delivered by another")

    def _deliver(self, query: MessageQuery, receiver: Subscription, command_id: str | None) -> Correlated:
        done = self._mailbox.deliver(receiver.instance_id, _make_command(query, receiver.id), command_id=command_id)
        if done.answer.error in ("NotFound", "Conflict"):
            raise _ReceiverGone(done.answer.message)
        raise_refusal(done.answer)
        return Correlated(done.header or self._instances.get(receiver.instance_id), receiver)

    def _deliver_again(self, query: MessageQuery, delivery: Delivery) -> Correlated | None:
        """To whom it was to be delivered before; None if that receiver does not wait any more, and has not got it."""
        command = _make_command(query, delivery.subscription_id)
        try:
            done = self._mailbox.deliver(delivery.instance_id, command, command_id=delivery.command_id)
        except NotFound:
            return None
        if done.answer.error in ("NotFound", "Conflict"):
            return None
        raise_refusal(done.answer)
        return Correlated(done.header or self._instances.get(delivery.instance_id))

    def _find_starts(self, query: MessageQuery) -> list[StartSubscription]:
        if query.process_instance_id is not None or query.local_correlation_keys:
            return []
        if query.correlation_keys and not query.start_only:
            return []
        return [
            start
            for start in self._library.find_starts("message", query.name)
            if query.definition_id in (None, start.definition_id) and self._matches_tenant(query, start)
        ]

    def _matches_tenant(self, query: MessageQuery, subscription: StartSubscription) -> bool:
        tenant = self._library.get_definition(subscription.definition_id).tenant_id
        return query.tenant_id in (None, tenant) and not (query.without_tenant and tenant is not None)

    def _start(self, query: MessageQuery, subscription: StartSubscription) -> Correlated:
        return Correlated(
            self._starts.start_by_event(subscription, query.variables, query.business_key, query.message_id)
        )

    def _record_reached(self, query: MessageQuery, found: Sequence[Correlated]) -> None:
        if query.message_id is not None:
            self.deliveries.record_reached(query.message_id, [item.header.id for item in found])

    # -- signals

    def send_signal(
        self,
        name: str,
        variables: Mapping[str, Value] | None = None,
        execution_id: str | None = None,
        command_id: str | None = None,
        *,
        sender: str | None = None,
        tenant_id: str | None = None,
    ) -> int:
        """Deliver a signal to all that wait for it, or to one execution; returns how many instances it reached.

        ``sender``: the instance that has thrown it. ``tenant_id``: of the sender: it reaches nothing of other tenants.
        """
        check_variables(variables, self._settings)
        values = variables or {}
        if execution_id is not None:
            self._signal_one(name, values, execution_id)
            return 1
        instances = self._find_hearing(name, sender, tenant_id)
        for instance_id in instances:
            unique = None if command_id is None else f"{command_id}:{instance_id}"
            try:
                done = self._mailbox.deliver(instance_id, DeliverSignal(name=name, variables=values), command_id=unique)
            except NotFound:
                continue
            if done.answer.error not in (None, "NotFound", "Conflict"):
                log.warning("signal refused", action="signal.refused", instance=instance_id, reason=done.answer.message)
        return len(instances) + self._start_by_signal(name, values, command_id, tenant_id)

    def _find_hearing(self, name: str, sender: str | None, tenant_id: str | None) -> list[str]:
        """The instances that wait for a signal, of the tenant or of none if it comes from a tenant."""
        found = sorted({get_instance_id(item) for item in self._store.lists.find_waiting("signal", name)} - {sender})
        if tenant_id is None:
            return found
        return [header.id for header in self._store.lists.get_headers(found) if header.tenant_id in (None, tenant_id)]

    def _start_by_signal(
        self, name: str, values: Mapping[str, Value], command_id: str | None, tenant_id: str | None
    ) -> int:
        started = 0
        for start in self._library.find_starts("signal", name):
            if tenant_id is not None and start.tenant_id not in (None, tenant_id):
                continue
            try:
                self._starts.start_by_event(start, values, None, command_id)
                started += 1
            except NotFound as error:  # the definition was just deleted; the others are started nevertheless
                log.info("not started", action="start.withdrawn", definition=start.definition_id, reason=error.message)
        return started

    def _signal_one(self, name: str, variables: Mapping[str, Value], execution: str) -> None:
        instance_id = get_instance_id(execution)
        open_ = self._reader.list_subscriptions(instance_id)
        waits = [item for item in open_ if item.kind is SubscriptionKind.SIGNAL and item.name == name]
        if not any(execution in (get_execution_id(wait), instance_id) for wait in waits):
            raise NotFound(f"Expected execution '{execution}' to wait for the signal '{name}', but it does not")
        self._mailbox.submit(instance_id, DeliverSignal(name=name, variables=variables))


def _check_can_wait(query: MessageQuery) -> None:
    """A buffered message is stored with name, business key, correlation keys, tenant and variables, nothing else."""
    given = {
        "processInstanceId": query.process_instance_id,
        "processDefinitionId": query.definition_id,
        "localCorrelationKeys": query.local_correlation_keys,
        "processVariablesLocal": query.local_variables,
        "startMessageOnly": query.start_only,
        "withoutTenantId": query.without_tenant,
        "all": query.all,
    }
    found = [name for name, value in given.items() if value]
    if query.ttl_ms > 0 and found:
        raise BadRequest(
            f"Expected a message with a time to live without {', '.join(found)}, as a message that waits is stored "
            "without them: leave them out, or leave out the time to live"
        )


def _make_command(query: MessageQuery, subscription_id: str) -> DeliverMessage:
    return DeliverMessage(
        subscription_id=subscription_id, variables=query.variables, local_variables=query.local_variables
    )


def _make_command_id(query: MessageQuery, receiver: Subscription) -> str | None:
    """Of a message for all: several places of one instance may wait for it, and each gets it once."""
    return None if query.message_id is None else f"{query.message_id}:{receiver.id}"


class NoReceiver(MismatchingMessage):
    """The message has no receiver now."""


class _ReceiverGone(Rejected):
    """The receiver that was found does not wait any more."""


def _matches(query: MessageQuery, subscription: Subscription) -> bool:
    """Whether a subscription matches everything in the query but variables."""
    return (
        query.business_key in (None, subscription.business_key)
        and query.definition_id in (None, subscription.definition_id)
        and query.tenant_id in (None, subscription.tenant_id)
        and not (query.without_tenant and subscription.tenant_id is not None)
    )


def _contains(values: Mapping[str, Value], wanted: Mapping[str, Value]) -> bool:
    return all(
        name in values and values[name] == value and isinstance(values[name], bool) == isinstance(value, bool)
        for name, value in wanted.items()
    )
