from typing import Any

from SpiffWorkflow.specs.base import TaskSpec

class WorkflowSpec:
    name: str
    task_specs: dict[str, TaskSpec]
    start: TaskSpec | None
    def __init__(self, name: str | None = ..., filename: str | None = ..., addstart: bool = ...) -> None: ...
    def _add_notify(self, task_spec: Any) -> None: ...
    def get_task_spec_from_name(self, name: str) -> TaskSpec | None: ...
