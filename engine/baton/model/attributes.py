"""What the elements of a process say: expressions, scripts, mappings, forms and work.

Extension dialects (``camunda:``, ``zeebe:``, ``spiffworkflow:``) have become this one set of attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Dialect: TypeAlias = Literal["juel", "feel", "python", "literal"]


@dataclass(frozen=True, slots=True)
class Expression:
    """``text`` as written in the file, delimiters (``${}``, leading ``=``) included; ``literal`` is a constant text."""

    text: str
    dialect: Dialect = "literal"
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A script: ``language`` as written, lower case (``python``, ``feel``, ``juel``); ``""`` when not given."""

    source: str
    language: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ListValue:
    items: tuple[MappingValue, ...]


@dataclass(frozen=True, slots=True)
class MapValue:
    entries: tuple[tuple[str, MappingValue], ...]


MappingValue: TypeAlias = "Expression | Script | ListValue | MapValue"


@dataclass(frozen=True, slots=True)
class VariableMapping:
    """``name`` receives the value; ``zeebe:`` targets may be paths (``order.id``)."""

    name: str
    value: MappingValue


@dataclass(frozen=True, slots=True)
class ErrorMapping:
    """``camunda:errorEventDefinition`` of an external task: when ``condition`` holds, ``error_code`` is thrown."""

    error_code: str | None
    condition: Expression
    message: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalWork:
    """The node is done by a worker: ``camunda:type="external"`` or ``zeebe:taskDefinition``."""

    topic: Expression
    priority: Expression | None = None
    retries: Expression | None = None
    """``R3/PT10S``, a comma-separated list of ISO durations, or a number (``zeebe:``)."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: tuple[ErrorMapping, ...] = ()
    timeout: Expression | None = None
    """``baton:timeout``: how long one attempt may take, an ISO 8601 duration."""


NUMBER_TYPES = frozenset({"long", "integer", "int", "double", "number"})
TEXT_TYPES = frozenset({"string", "enum"})
FIELD_TYPES = NUMBER_TYPES | TEXT_TYPES | {"boolean", "date", "json"}
"""The types of ``camunda:formField`` whose values are converted and checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    id: str
    label: str | None = None
    type: str = "string"
    default: Expression | None = None
    choices: tuple[tuple[str, str], ...] = ()
    constraints: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    fields: tuple[FormField, ...] = ()
    key: Expression | None = None
    ref: str | None = None
    ref_binding: str = "latest"
    ref_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserWork:
    """``name`` and ``description`` are set only if they are expressions, else the node's own are shown."""

    name: Expression | None = None
    description: Expression | None = None
    assignee: Expression | None = None
    candidate_users: Expression | None = None
    candidate_groups: Expression | None = None
    due: Expression | None = None
    follow_up: Expression | None = None
    priority: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMapping:
    """``all``: every variable; else ``source`` (a variable) or ``expression`` goes to ``target``."""

    all: bool = False
    source: str | None = None
    expression: Expression | None = None
    target: str | None = None
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledElement:
    """What a call activity or business rule task calls."""

    kind: Literal["process", "decision", "global_task"] = "process"
    key: Expression
    binding: Literal["latest", "deployment", "version", "versionTag"] = "latest"
    version: Expression | None = None
    business_key: Expression | None = None
    inputs: tuple[CallMapping, ...] = ()
    outputs: tuple[CallMapping, ...] = ()
    result_variable: str | None = None
    map_decision_result: str | None = None
    """``camunda:mapDecisionResult``; ``value`` for ``zeebe:``, ``outputs`` for ``spiffworkflow:``."""
