"""Script task: runs in the sandbox; a BPMN error that it raises is thrown here (§13.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.expression.scripts import BpmnErrorRaised
from baton.runtime import propagation, scripts, variables
from baton.runtime.elements.worked import Worked

if TYPE_CHECKING:
    from baton.runtime.token import Token


class ScriptTask(Worked):
    def behave_here(self, token: Token) -> bool:
        if self.node.script is None:
            return True
        try:
            done = scripts.run(token, self.node.script)
        except BpmnErrorRaised as error:
            propagation.throw_error(token, error.code, error.message)
            return False
        variables.set_visible(token, done.variables_set)
        if self.node.result_variable:
            variables.set_visible(token, {self.node.result_variable: done.result})
        return True
