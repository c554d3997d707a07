"""Evaluating a decision: what it requires first, then its logic. One budget bounds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from baton.expression.core.equality import measure
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import Budget
from baton.expression.core.scope import MappingScope
from baton.expression.dmn.hit_policies import Hits
from baton.expression.dmn.model import (
    Decision,
    DecisionService,
    DecisionTable,
    InputData,
    Knowledge,
    Required,
    Results,
)
from baton.expression.dmn.nodes import get_value
from baton.expression.dmn.recording import Recorder
from baton.expression.dmn.rules import TableRecord, decide_table
from baton.expression.dmn.typing import Wanted, convert
from baton.expression.feel.closures import FeelFunction, Parameter, call_function
from baton.expression.feel.meaning import FEEL
from baton.expression.feel.types import ANY, Type
from baton.expression.feel.values import export
from baton.model.values import Value, Variables

MAX_STEPS = 1_000_000
"""Steps of one evaluation with all that it requires: cells, iterations, items touched."""


def evaluate(decision: Decision, variables: Variables, context: Mapping[str, Value] | None = None) -> Results:
    """The matched rules, each as output name -> value. ``context`` as in ``Scope.context`` (``now``).

    Raises ExpressionError: an expression fails, a value is not of its type, or the matches break the hit policy.
    """
    recorder = Recorder()
    results = _Evaluation(variables, context or {}, recorder=recorder).evaluate(decision)
    measure(results)
    return Results((export(result) for result in results), many=decision.many, evaluated=recorder.evaluated)


def evaluate_service(
    service: DecisionService, variables: Variables, context: Mapping[str, Value] | None = None
) -> Value:
    """What a decision service gives for its inputs, by name. Raises ExpressionError."""
    evaluation = _Evaluation({}, context or {})
    function = evaluation.make_service(service)
    given = [variables.get(parameter.name) for parameter in function.parameters]
    value = call_function(evaluation.make_frame({}), function, given)
    measure(value)
    return export(value)


def _get_name(decision: Decision) -> str:
    return decision.variable or decision.name or decision.id


@dataclass
class _Evaluation:
    variables: Variables
    context: Mapping[str, Value]
    budget: Budget = field(default_factory=lambda: Budget(MAX_STEPS))
    done: dict[int, Hits] = field(default_factory=dict[int, Hits])
    """By ``id()`` of the decision: each is evaluated once."""
    recorder: Recorder | None = None

    def make_frame(self, names: Mapping[str, Any]) -> Frame:
        return Frame(MappingScope(names, self.context), FEEL, self.budget)

    def evaluate(self, decision: Decision) -> Hits:
        known = self.done.get(id(decision))
        if known is not None:
            return known
        names: dict[str, Any] = dict(self.variables)
        try:
            self.gather(decision.required, names)
            found = self._decide(decision, self.make_frame(names), TableRecord())
        except ExpressionError as error:
            if error.message.startswith("In decision"):
                raise
            raise ExpressionError(f"In decision '{decision.id}': {error}", error.kind, error.position) from error
        self.done[id(decision)] = found
        return found

    def _decide(self, decision: Decision, frame: Frame, record: TableRecord) -> Hits:
        found = self._find_hits(decision, frame, record)
        if self.recorder is not None:
            self.recorder.record(decision, record, found)
        return found

    def _find_hits(self, decision: Decision, frame: Frame, record: TableRecord) -> Hits:
        logic = decision.logic
        if logic is None:
            raise ExpressionError("Expected a decision with logic, but found none to evaluate")
        if isinstance(logic, DecisionTable):
            return self._type_hits(decision, decide_table(logic, frame, record))
        return [{_get_name(decision): convert(logic.run(frame), decision.type)}]

    def _type_hits(self, decision: Decision, hits: Hits) -> Hits:
        """The only value of a table, as the type of the decision."""
        if decision.many or len(hits) != 1 or len(hits[0]) != 1:
            return hits
        return [{name: convert(value, decision.type, lenient=True) for name, value in hits[0].items()}]

    def gather(self, required: tuple[Required, ...], names: dict[str, Any]) -> None:
        """Adds what is required to ``names``: values, and functions of knowledge models and services."""
        for item in required:
            offered = self._offer(item.item, item.path[-1], names)
            if len(item.path) == 1:
                names.update(offered)
                continue
            inside: dict[str, Any] = names
            for part in item.path[:-1]:
                held = inside.get(part)
                inside[part] = dict(cast("dict[str, Any]", held)) if isinstance(held, dict) else {}
                inside = inside[part]
            inside.update(offered)

    def _offer(
        self, item: Decision | InputData | Knowledge | DecisionService, name: str, names: Mapping[str, Any]
    ) -> dict[str, Any]:
        match item:
            case Decision():
                return _offer_hits(item, self.evaluate(item))
            case InputData():
                return self._offer_input(item, names)
            case Knowledge():
                return {name: self.make_function(item)}
            case DecisionService():
                return {name: self.make_service(item)}

    def _offer_input(self, item: InputData, names: Mapping[str, Any]) -> dict[str, Any]:
        if item.name not in names:
            return {}
        try:
            return {item.name: convert(names[item.name], item.type)}
        except ExpressionError as error:
            raise ExpressionError(f"input '{item.name}': {error}", error.kind, error.position) from error

    def make_function(self, knowledge: Knowledge) -> FeelFunction:
        """A business knowledge model sees its parameters and what it requires, nothing else."""

        def run(_: Frame, arguments: Mapping[str, Any]) -> Any:
            names: dict[str, Any] = {}
            self.gather(knowledge.required, names)
            return knowledge.body.run(self.make_frame({**names, **arguments}))

        return FeelFunction(knowledge.parameters, run, knowledge.result)

    def make_service(self, service: DecisionService) -> FeelFunction:
        """Its own evaluation, in which the decisions that are given are not evaluated; inputs come first."""

        def run(_: Frame, arguments: Mapping[str, Any]) -> Any:
            values = {item.name: arguments[item.name] for item in service.inputs}
            inner = _Evaluation(values, self.context, self.budget, recorder=self.recorder)
            for decision in service.given:
                name = _get_name(decision)
                inner.done[id(decision)] = [{name: arguments[name]}]
            found = {
                _get_name(decision): _get_whole(decision, inner.evaluate(decision)) for decision in service.outputs
            }
            return found if len(found) > 1 else next(iter(found.values()))

        inputs = [Parameter(item.name, _get_type(item.type)) for item in service.inputs]
        given = [Parameter(_get_name(decision), _get_type(decision.type)) for decision in service.given]
        return FeelFunction((*inputs, *given), run, service.result)


def _get_type(wanted: Wanted | None) -> Type:
    return ANY if wanted is None else wanted.type


def _get_whole(decision: Decision, hits: Hits) -> Any:
    if isinstance(decision.logic, DecisionTable):
        return get_value(decision.logic, hits)
    return next(iter(hits[0].values()))


def _offer_hits(decision: Decision, hits: Hits) -> dict[str, Any]:
    """What a required decision gives to the one that needs it: its outputs, and its value under its own names."""
    names = [name for name in (decision.id, decision.name, decision.variable) if name]
    outputs = decision.logic.outputs if isinstance(decision.logic, DecisionTable) else ()
    offered: dict[str, Any] = {}
    for output in outputs:
        column = [result[output.name] for result in hits if output.name in result]
        offered[output.name] = column if decision.many else column[0] if column else None
    return {**offered, **dict.fromkeys(names, _get_whole(decision, hits))}
