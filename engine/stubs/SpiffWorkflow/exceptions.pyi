from typing import Any

class SpiffWorkflowException(Exception):
    notes: list[str]
    def __init__(self, msg: str) -> None: ...
    def add_note(self, note: str) -> None: ...

class WorkflowException(SpiffWorkflowException):
    task_spec: Any
    def __init__(self, message: str, task_spec: Any = ...) -> None: ...
