from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.workflow import Workflow

class BpmnWorkflow(Workflow):
    script_engine: Any
    def __init__(
        self,
        spec: BpmnProcessSpec,
        subprocess_specs: dict[str, BpmnProcessSpec] | None = ...,
        script_engine: PythonScriptEngine | None = ...,
        *,
        deserializing: bool = ...,
    ) -> None: ...
    def do_engine_steps(self, will_complete_task: Any = ..., did_complete_task: Any = ...) -> None: ...
    @property
    def data_objects(self) -> dict[str, Any]: ...
