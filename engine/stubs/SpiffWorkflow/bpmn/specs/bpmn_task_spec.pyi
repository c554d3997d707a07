from typing import Any

from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.base import TaskSpec

class _BpmnCondition(Operator): ...

class BpmnTaskSpec(TaskSpec):
    bpmn_id: str | None
    bpmn_name: str | None
    lane: str | None
    documentation: str | None
    def connect_outgoing_if(self, condition: Any, taskspec: TaskSpec) -> None: ...
