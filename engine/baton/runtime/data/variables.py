"""Variables live in scopes; a scope is the token that owns them. Reading climbs outward, up to the process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from baton.model.declared import (
    FIELD,
    apply_declarations,
    get_declaration,
    list_declarations,
    remove_declaration,
    remove_declarations,
    write_declaration,
)
from baton.model.events import EventType
from baton.model.values import Value, join_surrogates

if TYPE_CHECKING:
    from baton.runtime.core.token import Token

Layer = Mapping[str, Value]


def iterate_layers(token: Token) -> Iterator[Layer]:
    """The variables seen from a token, innermost scope first.

    Behind a compensation handler come the snapshots of the scopes that ended since its activity completed
    (compensation rule 8). A called process does not see its caller.
    """
    scope: Token | None = token
    while scope is not None:
        if scope.data:
            yield scope.data
        seq = scope.memory.undoes
        if seq is not None:
            entry = scope.workflow.ledger.entries[seq]
            for number, snapshot in entry.snapshot:
                if number not in scope.workflow.tasks:
                    yield snapshot
            if entry.definition_id is not None and entry.snapshot[-1][0] not in scope.workflow.tasks:
                return
        if scope.task_spec.is_process:
            return
        scope = scope.parent


def collect_visible(token: Token) -> dict[str, Value]:
    """All variables seen from a token; inner scopes hide outer ones."""
    found: dict[str, Value] = {}
    for layer in reversed(list(iterate_layers(token))):
        found.update(layer)
    return found


def set_local(token: Token, values: Mapping[str, Value]) -> None:
    """Set variables in the scope that the token owns."""
    if not values:
        return
    types = list_declarations(values)
    values = {name: join_surrogates(value) for name, value in values.items()}
    data: dict[str, Value] = {"scope": token.id, "set": dict(values)}
    if types:
        data = {"scope": token.id, "set": remove_declarations(values), "types": types}
        values = apply_declarations(values, types)
    workflow = token.workflow
    for name, value in values.items():
        known = name in token.data
        workflow.changed_variables.add((name, "update" if known else "create"))
        if types or known:
            _write_declaration(token, name, value)
        token.data[name] = value
        workflow.journal.write(f"v{token.id}/{name}", remove_declaration(value) if types else value)
    workflow.journal.record(EventType.VARIABLES_CHANGED, None, token.id, data)


def _write_declaration(token: Token, name: str, value: Value) -> None:
    """What is declared of the new value takes the place of what was declared of the old one."""
    journal, field = token.workflow.journal, f"{FIELD}v{token.id}/{name}"
    declaration = write_declaration(value)
    if declaration is not None:
        journal.write(field, declaration)
    elif get_declaration(token.data.get(name)) is not None:
        journal.erase(field)


def set_visible(token: Token, values: Mapping[str, Value]) -> None:
    """Set each variable where it is found, else in the process's own scope."""
    by_scope: dict[int, dict[str, Value]] = {}
    for name, value in values.items():
        by_scope.setdefault(find_owner(token, name).id, {})[name] = value
    for number, group in by_scope.items():
        set_local(token.workflow.tasks[number], group)


def remove(token: Token, names: Iterable[str]) -> None:
    """Remove variables from the scope that the token owns; names it does not have are ignored."""
    gone = [name for name in names if name in token.data]
    for name in gone:
        token.workflow.erase_variable(token, name)
        del token.data[name]
    if gone:
        data: dict[str, Value] = {"scope": token.id, "removed": list[Value](gone)}
        token.workflow.journal.record(EventType.VARIABLES_CHANGED, None, token.id, data)
        token.workflow.changed_variables.update((name, "delete") for name in gone)


def remove_visible(token: Token, names: Iterable[str]) -> None:
    """Remove each variable where it is found."""
    for name in names:
        remove(find_owner(token, name), [name])


def find_owner(token: Token, name: str) -> Token:
    """The scope that has the variable, seen from the token; else the process's own."""
    scope = token
    while name not in scope.data and not scope.task_spec.is_process:
        parent = scope.parent
        if parent is None:
            break
        scope = parent
    return scope


class TokenScope:
    """What an expression sees from a token."""

    def __init__(self, token: Token, extra: Layer | None = None) -> None:
        self._token = token
        self._extra: Layer = extra or {}

    def get(self, name: str) -> Value:
        return remove_declaration(self.get_declared(name))

    def get_declared(self, name: str) -> Value:
        """The variable with the type that was declared of it, which expressions do not see. Raises KeyError."""
        if name in self._extra:
            return self._extra[name]
        for layer in iterate_layers(self._token):
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in self._extra or any(name in layer for layer in iterate_layers(self._token))

    def list_names(self) -> Iterable[str]:
        return {*collect_visible(self._token), *self._extra}

    @property
    def context(self) -> Mapping[str, Value]:
        return self._token.workflow.collect_facts(self._token)
