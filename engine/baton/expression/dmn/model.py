"""Decisions as read from a file, with everything compiled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from baton.expression.compiled import Compiled
from baton.model.problems import Problem
from baton.model.values import Value


class HitPolicy(StrEnum):
    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


MULTIPLE = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})


class Aggregation(StrEnum):
    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions. ``variable`` is ``camunda:inputVariable``, a second name of the value in the cells.

    ``allowed`` are the tests of ``inputValues``: a value that passes none of them is an error.
    """

    id: str
    label: str
    expression: Compiled
    type: str | None = None
    variable: str | None = None
    allowed: Compiled | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of conclusions. ``values`` are the allowed values in order of priority."""

    name: str
    type: str | None = None
    values: tuple[Compiled, ...] = ()
    default: Compiled | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: tests of the inputs, expressions of the outputs (None: the cell is empty)."""

    id: str
    tests: tuple[Compiled, ...]
    conclusions: tuple[Compiled | None, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class LiteralDecision:
    """A decision that is one expression; its value has the name of the decision's variable."""

    expression: Compiled
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``required`` decisions are evaluated first; their outputs are variables of this one."""

    id: str
    logic: DecisionTable | LiteralDecision
    name: str | None = None
    variable: str | None = None
    required: tuple[Decision, ...] = ()
    version_tag: str | None = None
    history_ttl_days: int | None = None
    line: int | None = None

    @property
    def many(self) -> bool:
        """Whether the result is a list by the hit policy, even of one."""
        logic = self.logic
        return isinstance(logic, DecisionTable) and logic.hit_policy in MULTIPLE and logic.aggregation is None


class Results(list[dict[str, Value]]):
    """The matched rules, each as output name -> value; ``many`` as of their decision."""

    def __init__(self, found: Iterable[dict[str, Value]] = (), *, many: bool = False) -> None:
        super().__init__(found)
        self.many = many


@dataclass(frozen=True, slots=True)
class DmnReading:
    """What a file holds; with an error among the problems it must not be deployed."""

    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...]
    id: str | None = None
    name: str | None = None
