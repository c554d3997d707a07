"""Files ``*.events.json``: which event from outside is which message, starts which process, or says what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, cast

from baton.expression import Compiled, ExpressionError, MappingScope, compile_expression, detect
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity
from baton.model.values import Value
from baton.store.library import Deployment, Library

ENDING = ".events.json"
RULE = "event-mapping"
VERSION = 1
_TEXTS = (
    *("type", "source", "message", "start", "observe", "element", "happened"),
    *("businessKey", "errorCode", "errorMessage"),
)
_KEYS = frozenset({*_TEXTS, "ignore", "correlationKeys", "variables", "version", "schema"})
_EFFECTS = ("message", "start", "observe", "ignore")
Happened = Literal["started", "completed", "failed", "undone"]
HAPPENED: tuple[Happened, ...] = ("started", "completed", "failed", "undone")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMapping:
    """``type``, ``source``: patterns. Either a ``message``, or the key of a process to ``start`` or to ``observe``.

    ``element`` is what the event is about in an observed process, and ``happened`` what became of it; no element: the
    instance as a whole has begun. ``ignored``: the event is known, and has no effect here.
    """

    type: str
    source: str = "*"
    message: str | None = None
    start: str | None = None
    observe: str | None = None
    ignored: bool = False
    element: str | None = None
    happened: Happened = "completed"
    error_code: Compiled | None = None
    error_message: Compiled | None = None
    business_key: Compiled | None = None
    correlation_keys: Mapping[str, Compiled] = field(default_factory=dict[str, Compiled])
    variables: Mapping[str, Compiled] = field(default_factory=dict[str, Compiled])
    version: str = "1"
    schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Of the data, as JSON Schema."""
    tenant_id: str | None = None
    name: str = ""
    """Of its file, with its place there: repeats of an event are known by it."""

    def matches(self, event: Mapping[str, Any]) -> bool:
        return fnmatchcase(str(event["type"]), self.type) and fnmatchcase(str(event["source"]), self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEvent:
    """An event that the processes beside the file send, as it says: the version and the JSON Schema of its data."""

    type: str
    version: str
    schema: Mapping[str, Any]


class EventMappings:
    """Those of the latest deployment of each file, of each tenant."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: tuple[int, tuple[EventMapping, ...]] = (-1, ())

    def list(self) -> tuple[EventMapping, ...]:
        """Raises StoreUnavailable."""
        generation = self._library.get_generation()
        if self._read[0] != generation:
            self._read = (generation, tuple(self._iterate()))
        return self._read[1]

    def _iterate(self) -> Iterator[EventMapping]:
        newest: dict[tuple[str | None, str], tuple[Deployment, str]] = {}
        for deployment in sorted(self._library.get_deployments(), key=lambda found: (found.deployed_at, found.id)):
            for resource in deployment.resources:
                if resource.name.endswith(ENDING):
                    newest[(deployment.tenant_id, resource.name)] = (deployment, resource.id)
        for (tenant_id, name), (deployment, resource_id) in newest.items():
            content = self._library.read_content(deployment.id, resource_id) or b""
            yield from parse_mappings(content, name, tenant_id)


def find_mapping_problems(content: bytes, name: str) -> list[Problem]:
    """Why a file of mappings cannot be read."""
    try:
        parse_mappings(content, name, None)
        parse_sent(content)
    except (ValueError, ExpressionError) as error:
        return [Problem(rule=RULE, severity=Severity.ERROR, message=str(error), resource=name)]
    return []


def parse_mappings(content: bytes, name: str, tenant_id: str | None) -> tuple[EventMapping, ...]:
    """Raises ValueError, ExpressionError."""
    found = json.loads(content)
    if not isinstance(found, dict) or cast("dict[str, Any]", found).get("version") != VERSION:
        raise ValueError(f'Expected {{"version": {VERSION}, "events": […]}} in a file of event mappings')
    whole = cast("dict[str, Any]", found)
    unknown = sorted(whole.keys() - {"version", "events", "sends"})
    if unknown:
        raise ValueError(f"Expected version, events and sends in a file of event mappings, but found '{unknown[0]}'")
    items = whole.get("events", [] if "sends" in whole else None)
    if not isinstance(items, list) or not (items or "sends" in whole):
        raise ValueError("Expected a list 'events' of mappings, but found none")
    listed = cast("list[Any]", items)
    return tuple(_parse_mapping(item, f"{name}#{index}", tenant_id) for index, item in enumerate(listed))


def _parse_mapping(item: Any, name: str, tenant_id: str | None) -> EventMapping:
    given = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        raise ValueError(f"Expected a mapping with {', '.join(sorted(_KEYS))}, but found '{unknown[0]}'")
    texts = {key: given[key] for key in _TEXTS if key in given}
    if not isinstance(given.get("type"), str) or not all(isinstance(text, str) and text for text in texts.values()):
        raise ValueError(f"Expected texts as {', '.join(_TEXTS)} of a mapping, with a type")
    _check_effect(given)
    return EventMapping(
        type=given["type"],
        source=given.get("source", "*"),
        message=given.get("message"),
        start=given.get("start"),
        observe=given.get("observe"),
        ignored="ignore" in given,
        element=given.get("element"),
        happened=given.get("happened", "completed"),
        error_code=_compile_optional(given, "errorCode"),
        error_message=_compile_optional(given, "errorMessage"),
        business_key=_compile_optional(given, "businessKey"),
        **_read_contract(given),
        correlation_keys=_compile_all(given, "correlationKeys"),
        variables=_compile_all(given, "variables"),
        tenant_id=tenant_id,
        name=name,
    )


def parse_sent(content: bytes) -> tuple[DeclaredEvent, ...]:
    """What the file says of events that are sent. Raises ValueError."""
    items = cast("dict[str, Any]", json.loads(content)).get("sends", [])
    if not isinstance(items, list):
        raise ValueError(f"Expected a list 'sends' of events, but found {items!r}")
    return tuple(_parse_sent(item) for item in cast("list[Any]", items))


def _parse_sent(item: Any) -> DeclaredEvent:
    given = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
    if given.keys() - {"type", "version", "schema"} or not isinstance(given.get("type"), str) or not given["type"]:
        raise ValueError(
            f"Expected type, version and schema of an event under 'sends', with a type, but found {item!r}"
        )
    known = _read_contract(given)
    return DeclaredEvent(type=given["type"], version=known.get("version", "1"), schema=known.get("schema", {}))


def _read_contract(given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError."""
    found = {key: given[key] for key in ("version", "schema") if key in given}
    if not isinstance(found.get("version", ""), str) or not isinstance(found.get("schema", {}), dict):
        raise ValueError(f"Expected a text as version and a JSON Schema as schema of '{given['type']}'")
    return found


def _check_effect(given: Mapping[str, Any]) -> None:
    """Raises ValueError unless the mapping says one thing that the event does, with what that needs."""
    name = given["type"]
    if sum(effect in given for effect in _EFFECTS) != 1:
        raise ValueError(
            f"Expected either a message or a process to start or to observe in the mapping of '{name}', and one of them"
        )
    if "ignore" in given and (given["ignore"] is not True or given.keys() - {"type", "source", "ignore"}):
        raise ValueError(f"Expected nothing but type and source beside 'ignore': true in the mapping of '{name}'")
    if "observe" not in given:
        unfit = [key for key in ("element", "happened", "errorCode", "errorMessage") if key in given]
        if unfit:
            raise ValueError(f"Expected a process to observe beside '{unfit[0]}' in the mapping of '{name}'")
    elif "businessKey" not in given:
        raise ValueError(f"Expected a businessKey in the mapping of '{name}': it says which instance is observed")
    elif "happened" in given and "element" not in given:
        raise ValueError(f"Expected an element beside 'happened' in the mapping of '{name}'")
    if given.get("happened", "completed") not in HAPPENED:
        wanted = ", ".join(HAPPENED)
        raise ValueError(f"Expected 'happened' to be one of {wanted}, but found '{given['happened']}'")


def find_observing_problems(content: bytes, name: str, models: Sequence[ProcessModel]) -> list[Problem]:
    """What a file of mappings says of the processes beside it that they do not have."""
    by_key = {model.id: model for model in models}
    reasons = [_find_unfit(mapping, by_key) for mapping in parse_mappings(content, name, None)]
    return [Problem(rule=RULE, severity=Severity.ERROR, message=reason, resource=name) for reason in reasons if reason]


def _find_unfit(mapping: EventMapping, models: Mapping[str, ProcessModel]) -> str | None:
    model = models.get(mapping.observe or "")
    if model is None:
        return None
    if not model.observed:
        return (
            f"Expected '{model.id}' to have the property baton:observed, as the mapping of '{mapping.type}' observes "
            "it, but Baton conducts it"
        )
    node = model.nodes.get(mapping.element or "")
    if mapping.element is not None and (node is None or not node.observed):
        return f"Expected a task of '{model.id}' in the mapping of '{mapping.type}', but found '{mapping.element}'"
    return None


def _compile_optional(given: Mapping[str, Any], key: str) -> Compiled | None:
    return _compile(given[key]) if key in given else None


def _compile_all(given: Mapping[str, Any], key: str) -> dict[str, Compiled]:
    found = given.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in cast("dict[str, Any]", found).values()):
        raise ValueError(f"Expected expressions by name as '{key}' of the mapping of '{given['type']}'")
    return {name: _compile(text) for name, text in cast("dict[str, str]", found).items()}


def _compile(text: str) -> Compiled:
    return compile_expression(text, detect(text))


def evaluate(expressions: Mapping[str, Compiled], event: Mapping[str, Value]) -> dict[str, Value]:
    """What they are of an event: ``data``, ``subject``, ``type`` … are its variables. Raises ExpressionError."""
    scope = MappingScope(event)
    return {name: expression.evaluate(scope) for name, expression in expressions.items()}
