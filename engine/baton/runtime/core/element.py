"""The base of all elements: SpiffWorkflow's hooks, and what the runtime tells an element beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from baton.runtime.core.shared_parts import share_parts

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.model.records import Record
    from baton.model.values import Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class Element(BpmnSpecMixin):
    """A SpiffWorkflow task spec whose tasks are tokens.

    SpiffWorkflow drives it by its hooks: ``_update_hook`` when a token arrives, ``_on_ready_hook`` when it may run,
    ``_run_hook`` when it runs, ``_on_complete_hook`` when it is done. The library's own hooks copy all data and guess
    what comes next, at every step: none of them is called.
    """

    is_process: ClassVar[bool] = False
    is_call: ClassVar[bool] = False
    is_node: ClassVar[bool] = False
    """Whether the element is on the diagram."""
    is_eager: ClassVar[bool] = False
    """Whether a token that arrives runs before all others: what waits for something is ready before that is thrown."""
    is_visible: ClassVar[bool] = True
    """Whether «where is the instance?» is answered with this element."""

    events: tuple[Any, ...] = ()
    """What it catches or throws."""
    repeats: bool = False
    """Whether the element has a loop or multi-instance marker."""

    def __init__(self, spec: Spec, name: str, **kwargs: object) -> None:
        super().__init__(spec, name, **kwargs)
        share_parts(self)
        self.spec = spec
        self.model: ProcessModel = spec.model
        spec.elements[name] = self

    @property
    def label(self) -> str | None:
        return None

    def is_body(self, token: Token) -> bool:  # noqa: ARG002
        """Whether the token holds the iterations of its loop or multi-instance marker."""
        return False

    def test(self) -> None:
        """The rules have checked the model. The library would refuse an element that nothing leads to."""

    def on_child_ended(self, scope: Token) -> None:
        """A token inside ``scope`` was removed permanently."""
        raise NotImplementedError

    def on_cancelled(self, token: Token) -> None:
        """The token is about to be cancelled; nothing is inside it any more."""

    def on_called_ended(self, token: Token) -> None:
        """The process that the token called has completed."""
        raise NotImplementedError(f"{type(self).__name__} at '{self.name}' calls nothing")

    def on_passed(self, token: Token) -> None:
        """An error or escalation leaves the process that the token called; ``is_call`` elements only."""

    def on_iteration_ended(self, body: Token) -> None:
        """One of the iterations inside ``body`` has ended without completing."""
        raise NotImplementedError(f"{type(self).__name__} at '{self.name}' repeats nothing")

    def resume(self, token: Token) -> None:
        """A worker, a person or something inside has done what the token waited for."""
        raise NotImplementedError(f"{type(self).__name__} at '{self.name}' waits for no work")

    def resume_undone(self, token: Token) -> None:
        """What the token asked to be undone is undone."""
        raise NotImplementedError(f"{type(self).__name__} at '{self.name}' undoes nothing")

    def settle(self, token: Token) -> bool:  # noqa: ARG002
        """Nothing else is ready: may a parked token go on now? Returns whether anything became ready."""
        return False

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        """Something that ``token`` waits for has happened; ``record.element`` says where."""
        raise NotImplementedError(
            f"{type(self).__name__} at '{self.name}' waits for nothing, but {record} was triggered"
        )

    def _update_hook(self, my_task: Token) -> bool:
        """A token has come: whether it may run now; joins say no until all are there."""
        my_task.comes_first = self.is_eager
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        ready = my_task.workflow.ready
        if my_task.comes_first:
            ready.appendleft(my_task)
        else:
            ready.append(my_task)
