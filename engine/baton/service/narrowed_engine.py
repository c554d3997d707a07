"""The engine as a caller with limited rights may use it: its parts, on a store that holds no more than is within reach.

Only what is set here is there: a part that is not, is out of reach for such callers. Turns are taken by the whole
engine, since a process may call others that its starter knows nothing of.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from baton.model.commands import Answer, Command
from baton.model.definition import DecisionDefinition, Definition, ProcessModel
from baton.model.errors import BadRequest, NotFound, RequestFailed
from baton.model.reach import Access
from baton.model.records import InstanceHeader
from baton.service.audit.approvals import Approvals
from baton.service.compute.pool import Compute
from baton.service.core.acting import get_actor
from baton.service.deployments.contract_library import ContractLibrary
from baton.service.deployments.decisions import DecisionLibrary
from baton.service.deployments.deployer import Deployer, DeploymentRequest, DeploymentResult
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.reading import Resource
from baton.service.drafts.library import DraftLibrary
from baton.service.engine import Engine
from baton.service.messaging.messages import Correlated, MessageQuery, Messages, make_message_id
from baton.service.operations.administration import Administration
from baton.service.operations.batches import Batches, BatchRequest, make_missing_batch
from baton.service.operations.decision_instances import DELETE_DECISIONS, DecisionInstances
from baton.service.operations.history_changes import HistoryChanges
from baton.service.operations.migrations import Migrations
from baton.service.operations.removal_times import SET_OF_BATCHES, SET_OF_DECISIONS
from baton.service.operations.restarts import Restarts
from baton.service.reads.endings import Endings
from baton.service.reads.history.reader import HistoryReader
from baton.service.reads.incidents import Incidents
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.instance_reader import InstanceReader
from baton.service.reads.jobs import Jobs
from baton.service.reads.live import Listener, LiveFeed, Wants
from baton.service.reads.samples import Samples
from baton.service.reads.start_events import StartEvents
from baton.service.reads.subscriptions import Subscriptions
from baton.service.reads.user_tasks import UserTasks
from baton.service.simulation.drafts import Drafts
from baton.service.simulation.simulator import MAX_STEPS
from baton.service.start_timers import StartTimers
from baton.service.starts import Starts
from baton.service.tasks.attachments import Attachments
from baton.service.tasks.bulk_completion import BulkCompletion
from baton.service.tasks.comments import Comments
from baton.service.tasks.external_tasks import ExternalTasks
from baton.service.tasks.filters import Filters
from baton.service.tasks.known_tasks import KnownTasks
from baton.service.tasks.recorded_results import RecordedResults
from baton.service.tasks.standalone_tasks import StandaloneTasks
from baton.service.tasks.task_fetcher import TaskFetcher
from baton.service.turns.mailbox import Mailbox
from baton.service.turns.unleased import CommandResult
from baton.store.batches import BatchProgress
from baton.store.narrowed.gate import Owners
from baton.store.narrowed.store import NarrowedStore

P = ParamSpec("P")
R = TypeVar("R")


class NarrowedEngine(Engine):
    """Made of the parts of a whole engine, with which it shares threads, caches and connections."""

    def __init__(self, whole: Engine, owners: Owners, access: Access) -> None:
        store = NarrowedStore(whole.store, owners, access)
        mailbox = NarrowedMailbox(whole.mailbox, store)
        self._share(whole)
        self.store, self.mailbox = store, mailbox
        self.compute = NarrowedCompute(whole.compute, access)
        self.definitions = NarrowedDefinitions(store, whole.definitions)
        self.decisions = DecisionLibrary(store.library, self.definitions, whole.clock)
        self.deployments = NarrowedDeployer(whole, store, self.definitions)
        self.drafts = Drafts(
            self.definitions, self.decisions, whole.scripts, MAX_STEPS, whole.settings.max_loop_instances
        )
        self._read(whole, store)
        self._act(whole, store)

    def _share(self, whole: Engine) -> None:
        """What knows nothing of instances and definitions, or is asked only for what was found here before."""
        self.settings, self.clock, self.ids, self.ports = whole.settings, whole.clock, whole.ids, whole.ports
        self.tracing = whole.tracing
        self.idempotency, self.forms, self.submissions = whole.idempotency, whole.forms, whole.submissions
        self.sign_in, self.accounts, self.simulator = whole.sign_in, whole.accounts, whole.simulator

    def _read(self, whole: Engine, store: NarrowedStore) -> None:
        self.instance_reader = InstanceReader(store, whole.ports, whole.unreadable)
        self.incidents = Incidents(store)
        self.instances = InstanceQueries(
            store, whole.mailbox, self.instance_reader, self.incidents, whole.called_indexing
        )
        self.user_tasks = UserTasks(store, self.instance_reader, whole.ids)
        self.start_events = StartEvents(store, self.definitions)
        self.jobs = Jobs(store, whole.clock, self.start_events)
        self.subscriptions = Subscriptions(store, self.start_events)
        self.history = HistoryReader(store, whole.mailbox, self.instances, whole.history.counts)
        self.samples = Samples(store, self.history)
        self.live = NarrowedLive(whole.live, store)
        self.endings = Endings(whole.live, self.instances)
        self.draft_library = DraftLibrary(
            store.drafts, whole.settings, whole.ids, whole.clock, store.gate.access.may.sole_tenant
        )

    def _act(self, whole: Engine, store: NarrowedStore) -> None:
        self.starts = NarrowedStarts(whole, store, self.definitions)
        self.start_timers = StartTimers(store, self.start_events, self.starts)
        self.external_tasks = ExternalTasks(store, self.mailbox, whole.topic_limits, whole.clock)
        self.recorded_results = RecordedResults(store, self.external_tasks)
        known = KnownTasks(self.user_tasks, self.instances, self.history)
        self.comments = Comments(store, known, whole.ids, whole.clock)
        self.attachments = Attachments(store, known, whole.admission, whole.settings, whole.ids, whole.clock)
        self.standalone_tasks = StandaloneTasks(
            store, self.user_tasks, self.mailbox, whole.admission, whole.ids, store.gate
        )
        self.filters = Filters(store.filters, whole.ids, whole.clock, store.gate.access.may)
        self.task_fetcher = TaskFetcher(
            store,
            self.definitions,
            self.instance_reader,
            whole.unreadable,
            whole.hints,
            whole.topic_limits,
            whole.topic_fetches,
            whole.clock,
            whole.tracing,
            chooses=True,
        )
        self.bulk_completion = BulkCompletion(store, self.mailbox, whole.settings)
        self.messages = NarrowedMessages(whole, self)
        self.administration = Administration(
            store, self.definitions, self.deployments, self.mailbox, self.instances, whole.removal, whole.clock
        )
        self.decision_instances = DecisionInstances(store, whole.settings, whole.ids, whole.clock)
        self.batches = NarrowedBatches(whole, store, self.decision_instances)
        self.removal_times, self.retention, self.archiving = whole.removal_times, whole.retention, whole.archiving
        self.history_changes = HistoryChanges(store, self.instances, self.definitions)
        self.restarts = Restarts(self.definitions, self.instances, self.history, self.starts, self.batches)
        self.migrations = Migrations(
            self.definitions, self.instances, self.instance_reader, self.mailbox, self.batches, whole.clock
        )
        self.approvals = Approvals(
            whole.store.approvals,
            self.instances,
            self.instance_reader,
            whole.definitions,
            self.mailbox,
            whole.accounts,
            whole.settings,
            whole.clock,
        )


class NarrowedMailbox(Mailbox):
    """Commands for instances within reach; for others it is as if there were none."""

    def __init__(self, whole: Mailbox, store: NarrowedStore) -> None:
        self._whole, self._narrowed = whole, store

    def _require(self, instance_id: str) -> None:
        if not self._narrowed.is_within(instance_id):
            raise _make_missing(instance_id)

    def submit(self, instance_id: str, command: Command, *, command_id: str | None = None) -> Answer:
        self._require(instance_id)
        return self._whole.submit(instance_id, command, command_id=command_id)

    def submit_each(self, commands: Sequence[tuple[str, Command]]) -> None:
        for instance_id, _ in commands:
            self._require(instance_id)
        self._whole.submit_each(commands)

    def start(self, instance_id: str, command: Command, **more: Any) -> CommandResult:
        return self._whole.start(instance_id, command, **more)

    def deliver(self, instance_id: str, command: Command, *, command_id: str | None = None) -> CommandResult:
        self._require(instance_id)
        return self._whole.deliver(instance_id, command, command_id=command_id)

    def deliver_each(self, commands: Sequence[tuple[str, Command, str | None]]) -> list[Answer | RequestFailed]:
        within = [self._narrowed.is_within(instance_id) for instance_id, _, _ in commands]
        done = iter(self._whole.deliver_each([item for item, here in zip(commands, within, strict=True) if here]))
        return [
            next(done) if here else _make_missing(instance_id)
            for (instance_id, _, _), here in zip(commands, within, strict=True)
        ]

    def find_answer(self, instance_id: str, command_id: str) -> Answer | None:
        return self._whole.find_answer(instance_id, command_id) if self._narrowed.is_within(instance_id) else None


def _make_missing(instance_id: str) -> NotFound:
    return NotFound(f"Expected a process instance with id '{instance_id}', but there is none")


class NarrowedDefinitions(DefinitionLibrary):
    """Definitions within reach; their models and files are those that the process has in memory."""

    def __init__(self, store: NarrowedStore, whole: DefinitionLibrary) -> None:
        super().__init__(store.library)
        self._whole, self.heads = whole, whole.heads

    def announce_change(self) -> None:
        self._checked_at = 0.0
        self._whole.announce_change()

    def get_tenant(self, deployment_id: str) -> str | None:
        return self._whole.get_tenant(deployment_id)

    def get_model(self, definition_id: str) -> ProcessModel:
        return self._whole.get_model(self.get_definition(definition_id).id)

    def get_content(self, definition: Definition | DecisionDefinition) -> bytes:
        return self._whole.get_content(definition)

    def read_beside(self, definition: Definition | DecisionDefinition) -> dict[str, bytes]:
        return self._whole.read_beside(definition)

    def forget(self, definition_id: str) -> None:
        super().forget(definition_id)
        self._whole.forget(definition_id)


class NarrowedDeployer(Deployer):
    """Deploys for tenants and keys within reach."""

    def __init__(self, whole: Engine, store: NarrowedStore, definitions: DefinitionLibrary) -> None:
        super().__init__(
            store.library,
            definitions,
            whole.ids,
            whole.clock,
            NarrowedCompute(whole.compute, store.gate.access),
            whole.topic_uses,
            ContractLibrary(store.library, definitions),
        )
        self._gate = store.gate

    def deploy(self, name: str | None, resources: Sequence[Resource], **more: Any) -> DeploymentResult:
        """For the caller's tenant, unless another is named. Raises Forbidden."""
        more["tenant_id"] = more.get("tenant_id") or self._gate.access.may.sole_tenant
        return super().deploy(name, resources, **more)

    def _make_result(
        self, request: DeploymentRequest, wanted: Sequence[Resource]
    ) -> tuple[DeploymentResult, list[ProcessModel]]:
        result, models = super()._make_result(request, wanted)
        for key in [item.key for item in (*result.definitions, *result.decisions)] or [""]:
            self._gate.require(key, request.tenant_id, "it")
        return result, models


class NarrowedStarts(Starts):
    """An instance of a definition of no tenant belongs to the tenant of who starts it."""

    def __init__(self, whole: Engine, store: NarrowedStore, definitions: DefinitionLibrary) -> None:
        super().__init__(whole.store, definitions, whole.mailbox, whole.admission, whole.settings, whole.ids)
        self._gate = store.gate

    def start(self, definition_id: str, **more: Any) -> InstanceHeader:
        """Raises Forbidden too."""
        definition = self._library.get(definition_id)
        tenant_id = more.get("tenant_id") or definition.tenant_id
        if tenant_id is None and not self._gate.can_reach(definition.key, None):
            tenant_id = self._gate.access.may.sole_tenant
        self._gate.require(definition.key, tenant_id, f"'{definition_id}'")
        more["tenant_id"] = tenant_id
        return super().start(definition_id, **more)


class NarrowedMessages(Messages):
    """Messages and signals reach what is within reach."""

    def __init__(self, whole: Engine, parts: NarrowedEngine) -> None:
        super().__init__(
            parts.store,
            parts.definitions,
            parts.mailbox,
            parts.starts,
            parts.instances,
            parts.instance_reader,
            whole.settings,
            whole.ids,
            whole.clock,
        )
        self.buffer, self._may = whole.messages.buffer, parts.store.gate.access.may

    def correlate(self, query: MessageQuery) -> list[Correlated]:
        """As of the whole engine; a message id without a tenant is one of the caller's tenants."""
        if query.message_id is not None and query.tenant_id is None:
            query = replace(query, message_id=make_message_id(query.message_id, self._may.list_tenants()))
        return super().correlate(query)

    def _buffer(self, query: MessageQuery) -> None:
        """What waits is delivered later to whatever of its tenant fits: so it must be of one, and of all its keys."""
        tenant_id = query.tenant_id or self._may.sole_tenant
        if not tenant_id or not self._may.contains_tenant(tenant_id):
            raise BadRequest(
                "Expected a message with a time to live to be of a tenant that the caller may send to wholly, "
                f"but found {tenant_id or 'none'}: name one by tenantId, or leave the time to live out"
            )
        super()._buffer(replace(query, tenant_id=tenant_id))


class NarrowedBatches(Batches):
    """The batches that the caller has created, of what was within reach then."""

    def __init__(self, whole: Engine, store: NarrowedStore, decisions: DecisionInstances) -> None:
        super().__init__(whole.store, whole.batch_work, whole.settings, whole.ids, whole.clock)
        self._gate, self._decisions = store.gate, decisions

    def create(self, request: BatchRequest) -> BatchProgress:
        """Raises Forbidden too, and NotFound for items that are not within reach."""
        if request.kind == SET_OF_BATCHES:
            for batch_id in request.items:
                self.get(batch_id)
            return super().create(request)
        within = set(self._gate.check(request.items))
        of_decisions = request.kind in (DELETE_DECISIONS, SET_OF_DECISIONS)
        for item in request.items:
            if item not in within and not (of_decisions and self._decisions.is_there(item)):
                raise _make_missing(item)
        return super().create(request)

    def list_unfinished(self) -> list[BatchProgress]:
        return [found for found in super().list_unfinished() if self._is_own(found)]

    def list_all(self) -> list[BatchProgress]:
        return [found for found in super().list_all() if self._is_own(found)]

    def get(self, batch_id: str) -> BatchProgress:
        found = super().get(batch_id)
        if not self._is_own(found):
            raise make_missing_batch(batch_id)
        return found

    def _is_own(self, progress: BatchProgress) -> bool:
        return progress.batch.created_by is not None and progress.batch.created_by == get_actor()


class NarrowedLive(LiveFeed):
    """Turns of instances within reach."""

    def __init__(self, whole: LiveFeed, store: NarrowedStore) -> None:
        self._whole, self._gate = whole, store.gate

    def subscribe(
        self, instance_id: str | None = None, wants: Wants | None = None, rights: Hashable = None
    ) -> Listener:
        reach = self._gate.access.may

        def is_within(header: InstanceHeader) -> bool:
            return reach.contains(header.definition_key, header.tenant_id) and (wants is None or wants(header))

        return self._whole.subscribe(instance_id, is_within, (reach, rights))


class NarrowedCompute(Compute):
    """Work apart is done with an engine that is narrowed in the same way."""

    def __init__(self, whole: Compute, access: Access) -> None:
        self._whole, self._access, self.killed = whole, access, 0

    def run(self, function: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        return self._whole.run(function, *args, **more)

    def run_with_engine(self, function: Callable[Concatenate[Any, P], R], *args: P.args, **more: P.kwargs) -> R:
        return self._whole.run_with_engine(run_narrowed, self._access, function, *args, **more)

    def warm(self) -> None:
        """The whole one is."""

    def close(self) -> None:
        """The whole one is closed."""


def run_narrowed(engine: Engine, access: Access, function: Callable[..., R], *args: Any, **more: Any) -> R:
    """Call the function with the engine as the access reaches it."""
    return function(narrow(engine, access), *args, **more)


def narrow(engine: Engine, access: Access) -> Engine:
    """The engine for a caller whose rights are limited."""
    return NarrowedEngine(engine, engine.owners, access)
