"""Decisions as read from a file, with everything compiled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from baton.expression.compiled import Compiled
from baton.expression.core.tree import Node
from baton.expression.dmn.typing import Wanted
from baton.expression.feel.closures import Parameter
from baton.expression.feel.types import ANY, Type
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
    type: Wanted | None = None
    variable: str | None = None
    allowed: Compiled | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of conclusions. ``values`` are the allowed values in order of priority."""

    name: str
    type: Wanted | None = None
    values: tuple[Compiled, ...] = ()
    default: Compiled | None = None
    id: str | None = None
    label: str | None = None


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
class InputData:
    """A variable that decisions need."""

    name: str
    type: Wanted | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """A business knowledge model: a function that its ``name`` calls."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Node
    result: Type = ANY
    required: tuple[Required, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DecisionService:
    """Decisions as a function of the ``given`` decisions and ``inputs``; a context when there are several outputs."""

    name: str
    outputs: tuple[Decision, ...]
    given: tuple[Decision, ...] = ()
    inputs: tuple[InputData, ...] = ()
    result: Type = ANY


@dataclass(frozen=True, slots=True)
class Required:
    """What a decision or a function needs; ``path`` is its name, behind that of the import it comes from.

    ``key`` is its id in the same file, empty for what is imported.
    """

    path: tuple[str, ...]
    item: Decision | InputData | Knowledge | DecisionService
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decision:
    """``required`` is evaluated first. Without ``logic`` it can only be given to a decision service."""

    id: str
    logic: DecisionTable | Node | None
    name: str | None = None
    variable: str | None = None
    type: Wanted | None = None
    required: tuple[Required, ...] = ()
    version_tag: str | None = None
    history_ttl_days: int | None = None
    line: int | None = None

    @property
    def many(self) -> bool:
        """Whether the result is a list by the hit policy, even of one."""
        logic = self.logic
        return isinstance(logic, DecisionTable) and logic.hit_policy in MULTIPLE and logic.aggregation is None


class Results(list[dict[str, Value]]):
    """The matched rules, each as output name -> value; ``many`` as of their decision.

    ``evaluated``: what history keeps of each decision that was evaluated for them (see ``recording``), the one that
    was asked for last.
    """

    def __init__(
        self,
        found: Iterable[dict[str, Value]] = (),
        *,
        many: bool = False,
        evaluated: Iterable[dict[str, Value]] = (),
    ) -> None:
        super().__init__(found)
        self.many, self.evaluated = many, list(evaluated)


@dataclass(frozen=True, slots=True)
class DmnReading:
    """What a file holds; with an error among the problems it must not be deployed.

    ``files``: names of those that it imports, and that these import.
    """

    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...]
    id: str | None = None
    name: str | None = None
    services: tuple[DecisionService, ...] = ()
    files: frozenset[str] = frozenset()
