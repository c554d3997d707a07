"""What the runtime gets as arguments: definitions, scripts and decisions. All answer from memory without waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from baton.expression.scripts import ScriptResult
from baton.model.attributes import Script
from baton.model.commands import OnFailure
from baton.model.definition import Definition, ProcessModel
from baton.model.values import Value, Variables
from baton.runtime.core.hooks import HOOKS
from baton.runtime.core.spec import Spec


class Definitions(Protocol):
    def get_model(self, definition_id: str) -> ProcessModel: ...

    def get_definition(self, definition_id: str) -> Definition: ...

    def resolve(self, key: str, binding: str, version: str | None, deployment_id: str) -> str:
        """The id of the definition that a call activity calls. Raises NotFound."""
        ...


class Scripts(Protocol):
    def run(
        self, script: Script, variables: Variables, limits: None = None, context: Mapping[str, Value] | None = None
    ) -> ScriptResult:
        """Run a script on a copy of the variables. Raises ExpressionError, or BpmnErrorRaised for a modelled error."""
        ...


class Decisions(Protocol):
    def evaluate(
        self,
        key: str,
        binding: str,
        version: str | None,
        deployment_id: str,
        variables: Variables,
        context: Mapping[str, Value] | None = None,
    ) -> Sequence[Mapping[str, Value]]:
        """The matched rules of a decision, each as output name -> value. Raises NotFound or ExpressionError.

        ``deployment_id`` is that of the process that asks; ``context`` holds ``now``.
        """
        ...


def _never() -> bool:
    return False


def run_untimed() -> Callable[[], bool]:
    """A stopwatch that never stops a turn."""
    return _never


def may_use_any(topic: str, definition_key: str) -> bool:
    """Every definition may use every topic."""
    del topic, definition_key
    return True


def call_here(work: Callable[..., Any], *arguments: object) -> Any:
    """Call it in this thread."""
    return work(*arguments)


@dataclass(frozen=True)
class Ports:
    """``max_steps`` bounds one turn, and so does time: what is left goes on in the next. ``max_loop_instances`` bounds
    a multi-instance, which begins in one step.

    ``stopwatch`` is started with each turn; what it gives is asked after every step whether the time is up.
    ``offload`` calls what computes long, where that holds up nobody else. ``may_use_topic``: whether a topic is for the
    definitions of a key. ``on_failure``: what becomes of a command one of whose later steps fails, if neither it nor
    its process says; None: always an incident, whatever the process says.
    """

    definitions: Definitions
    scripts: Scripts
    decisions: Decisions | None = None
    max_steps: int = 5_000
    max_loop_instances: int = 10_000
    stopwatch: Callable[[], Callable[[], bool]] = run_untimed
    offload: Callable[..., Any] = call_here
    may_use_topic: Callable[[str, str], bool] = may_use_any
    on_failure: OnFailure | None = None
    _specs: dict[str, Spec] = field(default_factory=dict[str, Spec], repr=False)

    @cached_property
    def script_engine(self) -> Any:
        """What evaluates expressions and runs scripts for all instances."""
        return HOOKS.make_script_engine(self.scripts)

    def get_spec(self, definition_id: str) -> Spec:
        """The SpiffWorkflow spec of a definition, built once per process."""
        spec = self._specs.get(definition_id)
        if spec is None:
            model = self.definitions.get_model(definition_id)
            spec = self.offload(self._build_spec, model, definition_id)
        return spec

    def drop_spec(self, definition_id: str) -> None:
        """The model of the definition has gone from memory; what is used of it stays as long as it is used."""
        self._specs.pop(definition_id, None)

    def _build_spec(self, model: ProcessModel, definition_id: str) -> Spec:
        """All instances share one spec, also when others have asked for it meanwhile."""
        found = self._specs.get(definition_id)
        return found or self._specs.setdefault(definition_id, HOOKS.build_spec(model, definition_id))
