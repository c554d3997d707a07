from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

class BpmnProcessSpec(WorkflowSpec):
    data_objects: dict[str, Any]
    def __init__(
        self, name: str | None = ..., description: str | None = ..., filename: str | None = ..., svg: Any = ...
    ) -> None: ...
