"""The shell around the pure runtime: takes turns, deploys, answers queries. Owns the clock and the ids."""

from baton.runtime import TokenView
from baton.service.asking import KINDS as ASKS
from baton.service.asking import Ask
from baton.service.assembling import assemble
from baton.service.awaited import Awaited
from baton.service.bulk import Completion
from baton.service.deploy import DeploymentResult
from baton.service.engine import Engine
from baton.service.external_tasks import LockedTask, TopicRequest
from baton.service.failures import EngineBug
from baton.service.historic import HistoricElement, HistoricElementQuery, HistoricVariable, HistoricVariableQuery
from baton.service.idempotency import Claim, StoredAnswer
from baton.service.limit_settings import WrongSetting
from baton.service.lists import ElementStatistics
from baton.service.live import LiveItem
from baton.service.messages import Correlated, MessageQuery
from baton.service.queries import (
    DecisionQuery,
    DefinitionQuery,
    DeploymentQuery,
    ExternalTaskQuery,
    IncidentQuery,
    InstanceQuery,
    JobQuery,
    SubscriptionQuery,
    UserTaskQuery,
    VariableFilter,
)
from baton.service.reading import Resource
from baton.service.settings import Settings
from baton.service.simulation import Simulation
from baton.service.views import InstanceSnapshot
from baton.service.watchdog import Finding, Report
from baton.store.library import Deployment
from baton.store.library import StoredResource as DeploymentResource
from baton.store.limits import TopicLimits

__all__ = [
    "ASKS",
    "Ask",
    "Awaited",
    "Claim",
    "Completion",
    "Correlated",
    "DecisionQuery",
    "DefinitionQuery",
    "Deployment",
    "DeploymentQuery",
    "DeploymentResource",
    "DeploymentResult",
    "ElementStatistics",
    "Engine",
    "EngineBug",
    "ExternalTaskQuery",
    "Finding",
    "HistoricElement",
    "HistoricElementQuery",
    "HistoricVariable",
    "HistoricVariableQuery",
    "IncidentQuery",
    "InstanceQuery",
    "InstanceSnapshot",
    "JobQuery",
    "LiveItem",
    "LockedTask",
    "MessageQuery",
    "Report",
    "Resource",
    "Settings",
    "Simulation",
    "StoredAnswer",
    "SubscriptionQuery",
    "TokenView",
    "TopicLimits",
    "TopicRequest",
    "UserTaskQuery",
    "VariableFilter",
    "WrongSetting",
    "assemble",
]
