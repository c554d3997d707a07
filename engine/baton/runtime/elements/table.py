"""Which task spec runs which kind of node. To add an element: one file beside this one, one row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import Node, NodeKind
from baton.runtime.core.sequence_flow import SequenceFlow
from baton.runtime.core.spec import Spec
from baton.runtime.elements.ad_hoc import AdHocSubProcess
from baton.runtime.elements.boundary_event import BoundaryEvent
from baton.runtime.elements.business_rule_task import BusinessRuleTask
from baton.runtime.elements.call_activity import CallActivity
from baton.runtime.elements.catch_event import CatchEvent
from baton.runtime.elements.complex_gateway import ComplexGateway
from baton.runtime.elements.end_event import EndEvent
from baton.runtime.elements.event_based_gateway import EventBasedGateway
from baton.runtime.elements.exclusive_gateway import ExclusiveGateway
from baton.runtime.elements.flow_node import FlowNode
from baton.runtime.elements.inclusive_gateway import InclusiveGateway
from baton.runtime.elements.observed_task import ObservedTask
from baton.runtime.elements.parallel_gateway import ParallelGateway
from baton.runtime.elements.process import Process
from baton.runtime.elements.receive_task import ReceiveTask
from baton.runtime.elements.script_task import ScriptTask
from baton.runtime.elements.send_task import SendTask
from baton.runtime.elements.service_task import ServiceTask
from baton.runtime.elements.start_event import StartEvent
from baton.runtime.elements.sub_process import EventSubProcess, SubProcess, Transaction
from baton.runtime.elements.task import ManualTask, Task
from baton.runtime.elements.throw_event import ThrowEvent
from baton.runtime.elements.undo import Undo
from baton.runtime.elements.user_task import UserTask

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel

TABLE: dict[NodeKind, type[FlowNode]] = {
    NodeKind.TASK: Task,
    NodeKind.MANUAL_TASK: ManualTask,
    NodeKind.USER_TASK: UserTask,
    NodeKind.SERVICE_TASK: ServiceTask,
    NodeKind.SEND_TASK: SendTask,
    NodeKind.RECEIVE_TASK: ReceiveTask,
    NodeKind.SCRIPT_TASK: ScriptTask,
    NodeKind.BUSINESS_RULE_TASK: BusinessRuleTask,
    NodeKind.CALL_ACTIVITY: CallActivity,
    NodeKind.SUB_PROCESS: SubProcess,
    NodeKind.EVENT_SUB_PROCESS: EventSubProcess,
    NodeKind.TRANSACTION: Transaction,
    NodeKind.AD_HOC_SUB_PROCESS: AdHocSubProcess,
    NodeKind.EXCLUSIVE_GATEWAY: ExclusiveGateway,
    NodeKind.PARALLEL_GATEWAY: ParallelGateway,
    NodeKind.INCLUSIVE_GATEWAY: InclusiveGateway,
    NodeKind.EVENT_BASED_GATEWAY: EventBasedGateway,
    NodeKind.COMPLEX_GATEWAY: ComplexGateway,
    NodeKind.START_EVENT: StartEvent,
    NodeKind.END_EVENT: EndEvent,
    NodeKind.INTERMEDIATE_CATCH_EVENT: CatchEvent,
    NodeKind.INTERMEDIATE_THROW_EVENT: ThrowEvent,
    NodeKind.BOUNDARY_EVENT: BoundaryEvent,
}


def add_element(spec: Spec, node: Node) -> FlowNode:
    """Add the task spec of a node to the spec."""
    return ObservedTask(spec, node) if node.observed else TABLE[node.kind](spec, node)


def add_process(spec: Spec) -> None:
    """Add what every spec has beside its nodes: the process's own scope, and the place that undoing is run from."""
    spec.root = Process(spec)
    Undo(spec)


def build_spec(model: ProcessModel, definition_id: str) -> Spec:
    """Build the spec of a checked model. Raises KeyError for a node kind without a row in the element table."""
    spec = Spec(model, definition_id)
    add_process(spec)
    nodes = [add_element(spec, node) for node in model.nodes.values()]
    for flow in model.flows.values():
        spec.flows[flow.id] = SequenceFlow(spec, flow)
    for node in nodes:
        node.connect_flows()
    return spec
