"""What the room offers to others."""

from baton.runtime import PlanStep as PlannedUndo
from baton.runtime import TokenView
from baton.service.audit.forgetting import Forgotten
from baton.service.audit.log import Actor, AuditQuery, find_instance
from baton.service.audit.verification import AuditVerification
from baton.service.connecting.alerts import Alert
from baton.service.connecting.cloud_events import OutgoingEvent
from baton.service.connecting.dead_letters import MOST as MOST_DEAD_LETTERS
from baton.service.connecting.dead_letters import DeadLetter, LetterQuery
from baton.service.connecting.events_in import TakenEvent
from baton.service.connecting.feed import Lost as SinkLost
from baton.service.connecting.feed import SinkFeed
from baton.service.connecting.sinks import SinkSettings, SourceSettings, read_sinks, read_sources
from baton.service.core.acting import act_as
from baton.service.core.matching import match_variables, matches_like, take_page
from baton.service.core.offload import Offload
from baton.service.core.queries import (
    EVENT_KINDS,
    DecisionQuery,
    DefinitionQuery,
    DeploymentQuery,
    ExternalTaskQuery,
    Happened,
    IncidentQuery,
    InstanceQuery,
    JobQuery,
    PastIncident,
    SubscriptionQuery,
    UserTaskQuery,
    VariableFilter,
    VariableSort,
)
from baton.service.core.search import Search, read_place
from baton.service.core.settings import Settings
from baton.service.deployments.contracts import Contract
from baton.service.deployments.deployer import DeploymentResult
from baton.service.deployments.reading import Resource
from baton.service.deployments.requirements import Requirements, map_decisions
from baton.service.deployments.sensitive import SENSITIVE, SensitiveNames
from baton.service.deployments.variables import FileVariableUse
from baton.service.engine import Engine, assemble
from baton.service.identity.caller import ACT_FOR_OTHERS, ANYBODY, Caller, CallerKind, Rule
from baton.service.identity.external import ExternalProfile
from baton.service.identity.grants import ANY as ANY_RESOURCE
from baton.service.identity.grants import make_camunda_grant
from baton.service.identity.passwords import LENGTHS as PASSWORD_LENGTHS
from baton.service.identity.rates import RateLimiter
from baton.service.identity.resources import translate
from baton.service.identity.roles import read_roles
from baton.service.identity.sign_in import SignIn
from baton.service.identity.tokens import KEY_PREFIX
from baton.service.messaging.messages import Correlated, MessageQuery, make_message_id
from baton.service.messaging.outbox_dispatcher import to_json_value
from baton.service.narrowed_engine import narrow
from baton.service.operations.batch_work import CORRELATE, DELETE_HISTORY
from baton.service.operations.batches import BatchRequest
from baton.service.operations.called_hosts import CALLED_TOPIC
from baton.service.operations.decision_instances import (
    DELETE_DECISIONS,
    DecisionInstanceId,
    make_missing_decision,
    parse_decision_instance_id,
)
from baton.service.operations.migrations import MigrationPlan
from baton.service.operations.removal_times import SET_OF_BATCHES, SET_OF_DECISIONS, SET_OF_INSTANCES, RemovalTime
from baton.service.operations.restarts import RestartInstruction, RestartRequest
from baton.service.operations.tallies import BOUNDS_S, COUNTERS, HISTOGRAMS, SUM
from baton.service.operations.watchdog import RUNNING, Finding, WatchdogReport
from baton.service.reads.history.happened import find_places
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.history.rows import ActivityInstance, LogEntry, RecordHistory, VariableInstance
from baton.service.reads.instance_queries import ElementStatistics
from baton.service.reads.instance_reader import InstanceSnapshot
from baton.service.reads.live import LiveBatch, LiveItem
from baton.service.reads.samples import Durations
from baton.service.reads.samples import ElementSample as SampledElement
from baton.service.reads.start_events import StartEventSubscription, StartJob, is_start_id
from baton.service.reads.wait_state import WaitState
from baton.service.simulation.requests import SIMULATION_REQUESTS, SimulationRequest
from baton.service.simulation.simulator import Pausing, Simulation
from baton.service.tasks.bulk_completion import Completion
from baton.service.tasks.task_fetcher import LockedTask, TopicRequest
from baton.service.turns.failures import EngineBug
from baton.service.turns.idempotency import Claim, StoredAnswer
from baton.settings import WrongSetting
from baton.store.approvals import ApprovedCommand, PendingApproval
from baton.store.attachments import Attachment as StoredAttachment
from baton.store.audit import StoredEntry as StoredAuditEntry
from baton.store.batches import BatchFailure, BatchProgress
from baton.store.comments import Comment as StoredComment
from baton.store.drafts import Draft as StoredDraft
from baton.store.drafts import DraftContent, DraftFile, DraftVersion
from baton.store.evaluations import Evaluation
from baton.store.filters import SavedFilter
from baton.store.holds import Hold as LegalHold
from baton.store.library import Deployment
from baton.store.library import StoredResource as DeploymentResource
from baton.store.limits import TopicLimits

__all__ = [
    "ACT_FOR_OTHERS",
    "ANYBODY",
    "ANY_RESOURCE",
    "BOUNDS_S",
    "CALLED_TOPIC",
    "CORRELATE",
    "COUNTERS",
    "DELETE_DECISIONS",
    "DELETE_HISTORY",
    "EVENT_KINDS",
    "HISTOGRAMS",
    "KEY_PREFIX",
    "MOST_DEAD_LETTERS",
    "PASSWORD_LENGTHS",
    "RUNNING",
    "SENSITIVE",
    "SET_OF_BATCHES",
    "SET_OF_DECISIONS",
    "SET_OF_INSTANCES",
    "SIMULATION_REQUESTS",
    "SUM",
    "ActivityInstance",
    "Actor",
    "Alert",
    "ApprovedCommand",
    "AuditQuery",
    "AuditVerification",
    "BatchFailure",
    "BatchProgress",
    "BatchRequest",
    "Caller",
    "CallerKind",
    "Claim",
    "Completion",
    "Contract",
    "Correlated",
    "DeadLetter",
    "DecisionInstanceId",
    "DecisionQuery",
    "DefinitionQuery",
    "Deployment",
    "DeploymentQuery",
    "DeploymentResource",
    "DeploymentResult",
    "DraftContent",
    "DraftFile",
    "DraftVersion",
    "Durations",
    "ElementStatistics",
    "Engine",
    "EngineBug",
    "Evaluation",
    "ExternalProfile",
    "ExternalTaskQuery",
    "FileVariableUse",
    "Finding",
    "Forgotten",
    "Happened",
    "HistoryProjection",
    "IncidentQuery",
    "InstanceQuery",
    "InstanceSnapshot",
    "JobQuery",
    "LegalHold",
    "LetterQuery",
    "LiveBatch",
    "LiveItem",
    "LockedTask",
    "LogEntry",
    "MessageQuery",
    "MigrationPlan",
    "Offload",
    "OutgoingEvent",
    "PastIncident",
    "Pausing",
    "PendingApproval",
    "PlannedUndo",
    "RateLimiter",
    "RecordHistory",
    "RemovalTime",
    "Requirements",
    "Resource",
    "RestartInstruction",
    "RestartRequest",
    "Rule",
    "SampledElement",
    "SavedFilter",
    "Search",
    "SensitiveNames",
    "Settings",
    "SignIn",
    "Simulation",
    "SimulationRequest",
    "SinkFeed",
    "SinkLost",
    "SinkSettings",
    "SourceSettings",
    "StartEventSubscription",
    "StartJob",
    "StoredAnswer",
    "StoredAttachment",
    "StoredAuditEntry",
    "StoredComment",
    "StoredDraft",
    "SubscriptionQuery",
    "TakenEvent",
    "TokenView",
    "TopicLimits",
    "TopicRequest",
    "UserTaskQuery",
    "VariableFilter",
    "VariableInstance",
    "VariableSort",
    "WaitState",
    "WatchdogReport",
    "WrongSetting",
    "act_as",
    "assemble",
    "find_instance",
    "find_places",
    "is_start_id",
    "make_camunda_grant",
    "make_message_id",
    "make_missing_decision",
    "map_decisions",
    "match_variables",
    "matches_like",
    "narrow",
    "parse_decision_instance_id",
    "read_place",
    "read_roles",
    "read_sinks",
    "read_sources",
    "take_page",
    "to_json_value",
    "translate",
]
