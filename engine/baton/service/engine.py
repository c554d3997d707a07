"""The engine in one hand: what web, workers, cli and tests call. A composition; each part is a small module."""

from __future__ import annotations

from baton.expression.scripts import SandboxScriptRunner
from baton.model.times import Millis
from baton.runtime import Ports
from baton.runtime.ports import Scripts
from baton.service.core.admission import Room
from baton.service.core.ids import Ids
from baton.service.core.limit_settings import read_limits
from baton.service.core.settings import Settings
from baton.service.deployments.decisions import Decisions
from baton.service.deployments.deployer import Deployer
from baton.service.deployments.library import Library
from baton.service.messaging.messages import Messages
from baton.service.messaging.outbox_dispatcher import Sending
from baton.service.operations.administration import Admin
from baton.service.operations.health import Health
from baton.service.operations.invariant import Invariant
from baton.service.operations.watchdog import Watching
from baton.service.reads.history_queries import Historic
from baton.service.reads.history_reader import Past
from baton.service.reads.lists import Lists
from baton.service.reads.live import Live
from baton.service.reads.views import Views
from baton.service.simulation.drafts import Drafts
from baton.service.simulation.simulator import MAX_STEPS, Simulator
from baton.service.starts import Starts
from baton.service.tasks.external_tasks import ExternalTasks
from baton.service.tasks.topic_limits import Topics
from baton.service.turns.bulk import Bulk
from baton.service.turns.cached_instance import stopwatch
from baton.service.turns.executor import Deciding
from baton.service.turns.idempotency import Idempotency
from baton.service.turns.mailbox import Turns
from baton.service.turns.waiters import Hints, Waiters
from baton.store import codec
from baton.store.store import Store, open_store


class Engine:
    """All methods raise subclasses of ``Rejected``; all moments are milliseconds. Safe for threads and greenlets."""

    def __init__(self, store: Store, settings: Settings, scripts: Scripts) -> None:
        self.store, self.settings = store, settings
        ids = Ids(settings)
        library = Library(store.library)
        decisions = Decisions(store.library, library, ids)
        ports = Ports(definitions=library, scripts=scripts, decisions=decisions, stopwatch=stopwatch(settings))
        self._hints = Hints(store.backend)
        self._ids, self.library, self.ports = ids, library, ports
        deciding = Deciding(store, ports, settings, ids)
        turns = Turns(store, deciding, settings, ids, Waiters(self._hints, ids.process))
        views = Views(store, ports)
        lists = Lists(store, views, ids)
        past = Past(store, turns, views)
        room = Room(store, settings, ids)
        starts = Starts(store, library, turns, room, settings, ids)
        messages = Messages(store, library, turns, starts, views, settings, ids)
        sending = Sending(store, library, turns, starts, messages, settings, ids)
        deployer = Deployer(store.library, library, ids)
        admin = Admin(store, library, deployer, turns, views, ids)
        topics = Topics(store, read_limits(settings.topic_limits), ids)
        deciding.after_commit(topics.committed)
        deciding.after_commit(messages.kept.committed)
        tasks = ExternalTasks(store, library, turns, views, self._hints, topics, ids)
        invariant = Invariant(store, turns, ids)
        self.watching = Watching(store, library, turns, invariant, ids)
        health = Health(store, self.watching)
        self._turns, self._starts = turns, starts

        # definitions
        self.check, self.deploy = deployer.check, deployer.deploy
        self.deployments, self.count_deployments = deployer.deployments, deployer.count_deployments
        self.deployment, self.resources, self.resource = deployer.deployment, deployer.resources, deployer.resource
        self.resource_content, self.delete_deployment = deployer.resource_content, admin.delete_deployment
        self.definition, self.latest, self.model, self.xml = library.fresh, library.latest, library.model, library.xml
        self.definitions, self.count_definitions = library.definitions, library.count_definitions
        self.suspend_definition, self.delete_definition = admin.suspend_definition, admin.delete_definition
        self.set_history_ttl, self.statistics = admin.set_history_ttl, lists.statistics

        self.decision_definition, self.latest_decision = decisions.definition, decisions.latest
        self.decision_definitions, self.count_decision_definitions = decisions.definitions, decisions.count
        self.evaluate_decision, self.decision_xml = decisions.decide, decisions.xml

        # instances
        self.start, self.submit, self.instance = starts.start, turns.submit, views.instance
        self.instances, self.count_instances = lists.instances, lists.count_instances
        self.tokens, self.snapshot = views.tokens, views.snapshot
        self.variables, self.visible_variables = views.variables, views.visible_variables
        self.ledger, self.compensation_plan = views.ledger, views.compensation_plan
        self.history, self.state_at, self.delete_history = past.history, past.state_at, admin.delete_history

        # events in and out
        self.correlate, self.signal = messages.correlate, messages.signal
        self.evaluate_conditions, self.published = starts.evaluate_conditions, sending.published

        # external tasks
        self.fetch_and_lock, self.external_task = tasks.fetch_and_lock, tasks.external_task
        self.complete_external_task, self.fail_external_task = tasks.complete_external_task, tasks.fail_external_task
        self.complete_external_tasks = Bulk(store, turns, settings).complete_external_tasks
        self.bpmn_error, self.topic_names = tasks.bpmn_error, tasks.topic_names
        self.topic_limits, self.limit_topic = topics.topic_limits, topics.limit_topic
        self.extend_lock, self.lock, self.unlock = tasks.extend_lock, tasks.lock, tasks.unlock
        self.external_tasks, self.count_external_tasks = lists.external_tasks, lists.count_external_tasks

        # what else instances hold open
        self.user_task, self.user_tasks, self.count_user_tasks = (
            lists.user_task,
            lists.user_tasks,
            lists.count_user_tasks,
        )
        self.job, self.jobs, self.count_jobs = lists.job, lists.jobs, lists.count_jobs
        self.incident, self.incidents, self.count_incidents = lists.incident, lists.incidents, lists.count_incidents
        self.subscriptions, self.count_subscriptions = lists.subscriptions, lists.count_subscriptions

        # drafts
        drafts = Drafts(library, decisions, scripts, MAX_STEPS)
        self.draft_of_files, self.draft_of_definition = drafts.of_files, drafts.of_definition
        self.simulate = Simulator(ids).simulate

        # beside the requests
        self.live, self.idempotency, self.historic = Live(store), Idempotency(store, ids), Historic(past, lists)
        self.dispatch_outbox, self.forget_expired = sending.dispatch, admin.forget_expired
        self.health, self.metrics = health.health, health.metrics
        self.stuck, self.wake, self.unserved_topics = invariant.stuck, invariant.wake, invariant.unserved_topics

    def now(self) -> Millis:
        return self._ids.now()

    def run_due(self, now: Millis | None = None, limit: int = 100) -> int:
        """Take the turn of every instance that is due, once, and start what timers start; how many."""
        moment = self.now() if now is None else now
        due, _ = self.store.turns.due(moment, limit, self.store.partitions)
        for instance_id in due:
            self._turns.take(instance_id, only_if_due=True)
        return len(due) + self._starts.fire_timers(moment)

    def due(self, now: Millis, limit: int) -> tuple[list[str], Millis | None]:
        """Instances that are due, and when the next will be."""
        return self.store.turns.due(now, limit, self.store.partitions)

    def take_turn(self, instance_id: str) -> bool:
        """Take the turn of a due instance if nobody else does. False: nothing to do."""
        return self._turns.take(instance_id, only_if_due=True) is not None

    def fire_start_timers(self, now: Millis) -> int:
        return self._starts.fire_timers(now)

    def close(self) -> None:
        """End the threads of this engine and its connections."""
        self.live.close()
        self._hints.close()
        self.store.close()


def assemble(settings: Settings | None = None, *, scripts: Scripts | None = None) -> Engine:
    """The engine of one process. Several processes on one store are one service."""
    chosen = settings or Settings.from_environment()
    codec.use_keys(chosen.encryption_keys)
    store = open_store(chosen.redis_url, chosen.partitions, live_length=chosen.live_length, replicas=chosen.replicas)
    return Engine(store, chosen, scripts or SandboxScriptRunner())
