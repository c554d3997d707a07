from typing import Any

from SpiffWorkflow.specs.base import TaskSpec

class ScriptEngineTask(TaskSpec):
    def _execute(self, task: Any) -> bool | None: ...

class ScriptTask(ScriptEngineTask):
    script: Any
