from typing import Any

from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.base import TaskSpec

class MultiChoice(TaskSpec):
    cond_task_specs: list[tuple[Operator | None, str]]
    choice: Any
    def connect_if(self, condition: Operator | None, task_spec: TaskSpec) -> None: ...
    def _get_matching_outputs(self, my_task: Any) -> tuple[list[Any], list[Any]]: ...
