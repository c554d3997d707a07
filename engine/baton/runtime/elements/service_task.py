"""Service task: an external task, or an expression evaluated in place (``camunda:expression``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins import ServiceTaskMixin

from baton.model.definition import Node
from baton.runtime.data import variables
from baton.runtime.data.expressions import compile_optional
from baton.runtime.elements.worker_task import WorkerTask

if TYPE_CHECKING:
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class ServiceTask(WorkerTask, ServiceTaskMixin):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.result = compile_optional(node.result)

    def run_inline(self, token: Token) -> bool:
        value = self.result.evaluate_at(token) if self.result is not None else None
        if self.node.result_variable:
            variables.set_visible(token, {self.node.result_variable: value})
        return True
