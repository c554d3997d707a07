from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.workflow import Workflow

class Task:
    id: Any
    workflow: Any
    task_spec: Any
    triggered: bool
    thread_id: int
    data: dict[str, Any]
    internal_data: dict[str, Any]
    last_state_change: float
    _parent: Any
    _children: Any
    _state: int
    def __init__(
        self,
        workflow: Workflow,
        task_spec: TaskSpec | None,
        parent: Task | None = ...,
        state: int = ...,
        id: Any = ...,
    ) -> None: ...
    @property
    def state(self) -> int: ...
    def has_state(self, state: int) -> bool: ...
    def _set_state(self, value: int) -> None: ...
    def _ready(self) -> None: ...
    def _add_child(self, task_spec: TaskSpec, state: int = ...) -> Task: ...
    def run(self) -> bool | None: ...
    def complete(self) -> None: ...
    def cancel(self) -> None: ...
