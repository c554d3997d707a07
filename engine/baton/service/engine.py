"""The parts of the engine, put together; each is a small module that web, workers, cli and tests call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property

from baton.expression.scripts import SandboxScriptRunner
from baton.model.records import ExternalTask, Subscription
from baton.model.times import Millis
from baton.runtime import Ports
from baton.runtime.core.ports import Scripts
from baton.service.audit.approvals import Approvals
from baton.service.audit.forgetting import Forgetting
from baton.service.audit.holds import LegalHolds
from baton.service.audit.keeper import AuditKeeper
from baton.service.audit.log import AuditLog
from baton.service.audit.verification import AuditVerification, AuditVerifier
from baton.service.compute.pool import Compute, ComputePool, InPlace
from baton.service.connecting.alerts import Alerts
from baton.service.connecting.dead_letters import DeadLetters
from baton.service.connecting.events_in import EventTaker
from baton.service.connecting.feed import SinkFeed
from baton.service.connecting.sinks import TRACE_KINDS, SinkSettings, are_traced, make_capture, read_sinks, read_sources
from baton.service.connecting.sources import Sources
from baton.service.connecting.span_feed import SpanFeed
from baton.service.connecting.status import Sinks
from baton.service.core.admission import AdmissionControl
from baton.service.core.clock import Clock
from baton.service.core.garbage import keep_results
from baton.service.core.ids import Ids
from baton.service.core.limit_settings import read_limits
from baton.service.core.offload import Offload, run_here
from baton.service.core.settings import Settings
from baton.service.core.tracing import Tracing
from baton.service.deployments.contract_library import ContractLibrary
from baton.service.deployments.decisions import DecisionLibrary
from baton.service.deployments.deployer import Deployer
from baton.service.deployments.event_mappings import EventMappings
from baton.service.deployments.forms import FormLibrary
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.sensitive import SensitiveVariables
from baton.service.deployments.topic_uses import TopicUses
from baton.service.drafts.library import DraftLibrary
from baton.service.identity.accounts import Accounts
from baton.service.identity.external import ExternalAccounts
from baton.service.identity.grants import Grants
from baton.service.identity.passwords import Passwords
from baton.service.identity.rates import RateLimiter
from baton.service.identity.sign_in import SignIn
from baton.service.identity.tenants import Tenants
from baton.service.messaging.messages import Messages
from baton.service.messaging.outbox_dispatcher import OutboxDispatcher
from baton.service.operations.administration import Administration
from baton.service.operations.archiving import Archiving
from baton.service.operations.batch_work import BatchWork
from baton.service.operations.batches import Batches
from baton.service.operations.called_hosts import CalledHosts
from baton.service.operations.decision_instances import DELETE_DECISIONS, DecisionInstances
from baton.service.operations.health import Health
from baton.service.operations.history_changes import HistoryChanges
from baton.service.operations.invariant import Invariant
from baton.service.operations.migrations import Migrations
from baton.service.operations.overdue import OverdueHandler
from baton.service.operations.removal import Removal
from baton.service.operations.removal_times import RemovalTimes
from baton.service.operations.restarts import Restarts
from baton.service.operations.retention import Retention
from baton.service.operations.tallies import Tallies
from baton.service.operations.watchdog import WatchdogStatus
from baton.service.reads.called_indexing import CalledIndexing
from baton.service.reads.endings import Endings
from baton.service.reads.history.reader import HistoryReader
from baton.service.reads.incidents import Incidents
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.instance_reader import InstanceReader
from baton.service.reads.jobs import Jobs
from baton.service.reads.live import LiveFeed
from baton.service.reads.samples import Samples
from baton.service.reads.start_events import StartEvents
from baton.service.reads.subscriptions import Subscriptions
from baton.service.reads.throughput import Throughput
from baton.service.reads.unreadable import UnreadableInstances
from baton.service.reads.user_tasks import UserTasks
from baton.service.simulation.drafts import Drafts
from baton.service.simulation.simulator import MAX_STEPS, Simulator
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
from baton.service.tasks.submissions import Submissions
from baton.service.tasks.task_fetcher import TaskFetcher
from baton.service.tasks.topic_fetches import TopicFetches
from baton.service.tasks.topic_limits import TopicLimiter
from baton.service.turns.cached_instance import make_stopwatch
from baton.service.turns.executor import TurnExecutor
from baton.service.turns.idempotency import Idempotency
from baton.service.turns.mailbox import Mailbox
from baton.service.turns.turn_log import LEVEL, TurnLog
from baton.service.turns.waiters import HintListener, Waiters
from baton.settings import WrongSetting
from baton.store import channels
from baton.store.batch_keys import BATCHES_CHANNEL
from baton.store.narrowed.gate import Owners
from baton.store.store import Store, open_store


class Engine:
    """Methods raise subclasses of ``RequestFailed``; all moments are milliseconds. Safe for threads and greenlets."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        scripts: Scripts,
        offload: Offload = run_here,
        pool: Compute | None = None,
    ) -> None:
        self.store, self.settings, self.scripts, self.offload = store, settings, scripts, offload
        self.compute: Compute = pool or InPlace(self)
        self.owners = Owners(store.lists, store.library)
        self.clock, self.ids = Clock(settings.clock), Ids(settings)
        self.hints = HintListener(store.backend)
        self._sinks = read_sinks(settings.sinks_file)
        self.tracing = Tracing(store, is_on=are_traced(self._sinks))
        self._make_libraries(keep_results(offload))
        executor = self._make_turns()
        start_events = self._make_readers()
        self._make_work(executor, start_events)
        self._make_operations()
        self._make_access()
        self._make_audit()
        self._make_drafts()

    def _make_libraries(self, keeping: Offload) -> None:
        self.definitions = DefinitionLibrary(self.store.library, keeping, alone=self.settings.alone)
        self.sensitive = SensitiveVariables(self.store, self.settings.sensitive_variables)
        self.decisions = DecisionLibrary(self.store.library, self.definitions, self.clock, keeping)
        self.topic_uses = TopicUses(self.store.limits, self.clock)
        self.contracts = ContractLibrary(self.store.library, self.definitions)
        self.deployments = Deployer(
            self.store.library, self.definitions, self.ids, self.clock, self.compute, self.topic_uses, self.contracts
        )
        self.forms = FormLibrary(self.store.library, self.deployments)

        self.ports = Ports(
            self.definitions,
            self.scripts,
            self.decisions,
            may_use_topic=self.topic_uses.may_use,
            max_loop_instances=self.settings.max_loop_instances,
            on_failure=self.settings.on_failure,
            stopwatch=make_stopwatch(self.settings),
            offload=keeping,
        )

    def _make_turns(self) -> TurnExecutor:
        executor = TurnExecutor(self.store, self.ports, self.settings, self.clock)
        self.definitions.on_dropped(self.ports.drop_spec)
        self.definitions.on_dropped(executor.drop_instances_of)
        self.mailbox = Mailbox(
            self.store, executor, self.settings, self.ids, self.clock, Waiters(self.hints, self.ids.process)
        )
        self.idempotency = Idempotency(self.store, self.ids)
        self.tallies = Tallies(self.store)
        executor.call_after_commit(self.tallies.count)
        if LEVEL.isEnabledFor(logging.INFO):  # else not even asked at each turn
            executor.call_after_commit(TurnLog(self.sensitive).write)
        return executor

    def _make_readers(self) -> StartEvents:
        store, mailbox = self.store, self.mailbox
        self.unreadable = UnreadableInstances(mailbox)
        store.lists.on_damage(self.unreadable.report)
        self.instance_reader = InstanceReader(store, self.ports, self.unreadable)
        self.incidents = Incidents(store)
        self.called_indexing = CalledIndexing(store, self.definitions, self.clock)
        self.instances = InstanceQueries(store, mailbox, self.instance_reader, self.incidents, self.called_indexing)
        self.user_tasks = UserTasks(store, self.instance_reader, self.ids)
        self.submissions = Submissions(self.definitions, self.forms, self.instance_reader, self.clock)
        start_events = StartEvents(store, self.definitions)
        self.jobs = Jobs(store, self.clock, start_events)
        self.subscriptions = Subscriptions(store, start_events)
        self.history = HistoryReader(store, mailbox, self.instances)
        self.samples = Samples(store, self.history)
        self.live = LiveFeed(store, self.settings.batch_seconds)
        self.endings = Endings(self.live, self.instances)
        return start_events

    def _make_work(self, executor: TurnExecutor, start_events: StartEvents) -> None:
        self.admission = AdmissionControl(self.store, self.settings, self.clock)
        self.starts = Starts(self.store, self.definitions, self.mailbox, self.admission, self.settings, self.ids)
        self.start_timers = StartTimers(self.store, start_events, self.starts)

        self.topic_limits = TopicLimiter(self.store, read_limits(self.settings.topic_limits), self.ids, self.clock)
        executor.call_after_commit(self.topic_limits.release_ended, changing=ExternalTask)
        self.external_tasks = ExternalTasks(self.store, self.mailbox, self.topic_limits, self.clock)
        self.recorded_results = RecordedResults(self.store, self.external_tasks)
        known = KnownTasks(self.user_tasks, self.instances, self.history)
        self.comments = Comments(self.store, known, self.ids, self.clock)
        self.attachments = Attachments(self.store, known, self.admission, self.settings, self.ids, self.clock)
        self.standalone_tasks = StandaloneTasks(self.store, self.user_tasks, self.mailbox, self.admission, self.ids)
        self.filters = Filters(self.store.filters, self.ids, self.clock)
        self.topic_fetches = TopicFetches(self.store, self.clock)
        self.task_fetcher = TaskFetcher(
            self.store,
            self.definitions,
            self.instance_reader,
            self.unreadable,
            self.hints,
            self.topic_limits,
            self.topic_fetches,
            self.clock,
            self.tracing,
        )
        self.bulk_completion = BulkCompletion(self.store, self.mailbox, self.settings)

        self.messages = Messages(
            self.store,
            self.definitions,
            self.mailbox,
            self.starts,
            self.instances,
            self.instance_reader,
            self.settings,
            self.ids,
            self.clock,
        )
        executor.call_after_commit(self.messages.buffer.expedite_for_receivers, opening=Subscription)
        self.outbox = OutboxDispatcher(
            *(self.store, self.definitions, self.mailbox, self.starts, self.messages, self.settings, self.clock),
            tracing=self.tracing,
        )

    def _make_operations(self) -> None:
        store, clock = self.store, self.clock
        definitions, decisions, mailbox = self.definitions, self.decisions, self.mailbox
        self.removal = Removal(store, definitions, decisions, self.forms, self.deployments, mailbox, clock)
        self.administration = Administration(
            store, definitions, self.deployments, mailbox, self.instances, self.removal, clock
        )
        self.batch_work = work = BatchWork(self.mailbox, self.messages, self.administration)
        self.batches = batches = Batches(store, work, self.settings, self.ids, clock)
        self.decision_instances = decided = DecisionInstances(store, self.settings, self.ids, clock)
        work.add(DELETE_DECISIONS, decided.delete_item)
        self.removal_times = RemovalTimes(store, definitions, decisions, batches, work, clock)
        self.history_changes = HistoryChanges(store, self.instances, definitions)
        self.retention = Retention(
            store, self.administration, decided, batches, self.standalone_tasks, self.settings, clock
        )
        self.archiving = Archiving(store, self.settings, clock)
        self.migrations = Migrations(definitions, self.instances, self.instance_reader, mailbox, batches, clock)
        self.restarts = Restarts(self.definitions, self.instances, self.history, self.starts, self.batches)
        self.restarts.register(self.batch_work)
        self.invariant = Invariant(self.store, self.mailbox, self.clock)
        overdue = OverdueHandler(self.mailbox, self.incidents)
        self.called_hosts = CalledHosts(self.store, self.clock)
        self.dead_letters = DeadLetters(self.store, self.clock)
        self.sinks = Sinks(self.store, self._sinks, self.dead_letters, self.clock)
        self.sources = Sources(self.store, read_sources(self.settings.sinks_file), self.dead_letters, self.clock)
        self.watchdog_status = WatchdogStatus(
            self.store,
            self.definitions,
            self.mailbox,
            self.invariant,
            overdue,
            self.called_hosts,
            self.sinks,
            self.incidents,
            self.sources,
            self.settings,
            self.clock,
        )
        self.alerts = Alerts(self.store, self.sinks, self.clock)
        self.throughput = Throughput(self.store, self.clock)
        self.health = Health(self.store, self.definitions, self.watchdog_status, self.settings, self.clock)

    def _make_access(self) -> None:
        passwords = Passwords(self.offload)
        self.sign_in = SignIn(self.store, passwords, self.settings, self.clock)
        self.accounts = Accounts(self.store, passwords, self.sign_in, self.clock)
        self.tenants = Tenants(self.store, self.accounts)
        self.grants = Grants(self.store, self.sign_in, self.ids, self.clock)
        self.rates = RateLimiter(self.store, self.clock)
        self.external_accounts = ExternalAccounts(self.store, self.sign_in, self.clock)

    def _make_audit(self) -> None:
        self.audit = AuditLog(self.store, self.clock)
        self.audit_keeper = AuditKeeper(self.store, self.audit, self.settings, self.clock)
        self.forgetting = Forgetting(self.store, self.instances, self.audit)
        self.holds = LegalHolds(self.store, self.instances, self.clock)
        self.approvals = Approvals(
            self.store.approvals,
            self.instances,
            self.instance_reader,
            self.definitions,
            self.mailbox,
            self.accounts,
            self.settings,
            self.clock,
        )

    def _make_drafts(self) -> None:
        self.draft_library = DraftLibrary(self.store.drafts, self.settings, self.ids, self.clock)
        self.drafts = Drafts(
            self.definitions, self.decisions, self.scripts, MAX_STEPS, self.settings.max_loop_instances
        )
        self.simulator = Simulator(self.clock, self.store.blobs)

    def hint_loops(self, *, due: Callable[[], None], outbox: Callable[[], None], batches: Callable[[], None]) -> None:
        """Have these called when something is due soon, is to be sent, or a batch has work; hints may be lost."""
        self.hints.subscribe(channels.DUE_CHANNEL, lambda _: due())
        self.hints.subscribe(channels.OUTBOX_CHANNEL, lambda _: outbox())
        self.hints.subscribe(BATCHES_CHANNEL, lambda _: batches())

    @cached_property
    def events_in(self) -> EventTaker:
        """What takes events from outside."""
        mappings = EventMappings(self.store.library)
        return EventTaker(
            mappings, self.definitions, self.messages, self.starts, self.dead_letters, self.mailbox, self.store
        )

    def open_feed(self, sink: SinkSettings) -> SinkFeed:
        """What comes next for a sink, for this process."""
        return SinkFeed(
            self.store,
            sink,
            self.dead_letters,
            self.sensitive,
            self.clock,
            self.ids.process,
            self.contracts.find_versions,
            self.tracing,
            SpanFeed(self.store, sink, self.definitions.get_model) if sink.kind in TRACE_KINDS else None,
        )

    def verify_audit(self) -> AuditVerification:
        """Reads the whole audit."""
        return AuditVerifier(self.store).verify()

    def record_progress(self) -> None:
        """Note that this process works off what is due: readiness is judged by it."""
        self.store.turns.record_progress(self.clock.now())

    def run_due(self, now: Millis | None = None, limit: int = 100) -> int:
        """Take one turn of every instance that is due, start what timers start, do a step of a batch; how many."""
        moment = self.clock.now() if now is None else now
        due, _ = self.mailbox.list_due(moment, limit)
        for instance_id in due:
            self.mailbox.take_due(instance_id)
        return len(due) + self.starts.fire_timers(moment)[0] + self.batches.run_step(paced=False)[0]

    def close(self) -> None:
        """End the threads of this engine and its connections."""
        self.tallies.close()
        self.compute.close()
        self.live.close()
        self.hints.close()
        self.store.close()


def assemble(
    settings: Settings | None = None,
    *,
    scripts: Scripts | None = None,
    offload: Offload = run_here,
    compute: Compute | None = None,
    compute_apart: bool = False,
) -> Engine:
    """The engine of one process. Several processes on one store are one service. Raises WrongSetting.

    ``offload``: where definitions are read when they are first used, and passwords verified. ``compute``: where work
    whose cost a request decides is done, in this process unless said; ``compute_apart``: in bounded processes, which
    read their settings from the environment.
    """
    chosen = settings or Settings.from_environment()
    if not chosen.redis_url:
        raise WrongSetting("Expected BATON_REDIS_URL to say where the Valkey or Redis is, but found nothing")
    store = open_store(
        chosen.redis_url,
        chosen.partitions,
        live_length=chosen.live_length,
        replicas=chosen.replicas,
        encryption_keys=chosen.encryption_keys,
        compact_history=chosen.compact_history is True,
        capture=make_capture(read_sinks(chosen.sinks_file)),
        archive=chosen.archive_folder,
        indexed_variables=chosen.choose_indexed_variables(),
        clock=chosen.clock,
    )
    pool = ComputePool(chosen) if compute_apart else compute
    return Engine(store, chosen, scripts or SandboxScriptRunner(), offload, pool)
