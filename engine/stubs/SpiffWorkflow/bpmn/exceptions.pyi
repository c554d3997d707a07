from typing import Any

from SpiffWorkflow.exceptions import WorkflowException

class WorkflowTaskException(WorkflowException):
    task: Any
    line_number: int | None
    error_type: str
