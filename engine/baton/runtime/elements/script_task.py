"""Script task: runs in the sandbox; a BPMN error that it raises is thrown here (§13.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins import ScriptTaskMixin

from baton.expression.scripts import BpmnErrorRaised
from baton.runtime.data.script_engine import ScriptTaskCode
from baton.runtime.elements.worker_task import WorkerTask
from baton.runtime.events import propagation

if TYPE_CHECKING:
    from baton.model.definition import Node
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class ScriptTask(WorkerTask, ScriptTaskMixin):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node, script=ScriptTaskCode(node.script, node.result_variable))

    def run_inline(self, token: Token) -> bool:
        try:
            return bool(ScriptTaskMixin._execute(self, token))
        except BpmnErrorRaised as error:
            propagation.throw_error(token, error.code, error.message)
            return False
