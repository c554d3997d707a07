from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

class BpmnSpecMixin(BpmnTaskSpec):
    def __init__(self, wf_spec: WorkflowSpec, bpmn_id: str, **kwargs: Any) -> None: ...
