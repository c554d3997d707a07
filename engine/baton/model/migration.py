"""Which element of one version is which of another: plans for instances that are to go on in another version. Pure.

An instance keeps its tokens, so an element can only become one that does the same: of the same kind, in the scope that
its own scope becomes. What a plan may say follows the migration of Camunda 7.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from baton.model.definition import MultiInstance, Node, ProcessModel
from baton.model.elements import Split
from baton.model.immutable import immutable

MOST_CHOICES = 100_000
"""Of all elements of a version together."""


class TooManyChoices(Exception):
    """Elements of two versions could become each other in more than ``MOST_CHOICES`` ways."""


@immutable
class Move:
    """``update_trigger``: what the element waits for (timer, message, signal, condition) is opened anew."""

    source: str
    target: str
    update_trigger: bool = False


@immutable
class Choice:
    """What an element at which a token may rest can become. ``why_not``: why it has no move, with the same id."""

    source: str
    targets: tuple[str, ...]
    why_not: tuple[str, ...]


def may_rest(node: Node, model: ProcessModel) -> bool:
    """Whether a token waits there, or something is open for it, unless a step of the engine has failed."""
    traits = node.traits
    if traits.starts_scope:
        return is_event_start(node, model)
    return not traits.ends_path and traits.split is not Split.EXCLUSIVE


def is_event_start(node: Node, model: ProcessModel) -> bool:
    """Whether it is the start of an event subprocess, for which its scope waits."""
    scope = model.nodes.get(node.scope)
    return node.traits.starts_scope and scope is not None and scope.traits.triggered_by_event


def has_trigger(node: Node, model: ProcessModel) -> bool:
    """Whether a token, its host or its scope waits for the events of the node."""
    catches = node.traits.is_boundary or node.traits.catches or is_event_start(node, model)
    return bool(node.events) and catches and not all(event.kind.value == "compensation" for event in node.events)


def generate_moves(
    source: ProcessModel, target: ProcessModel, *, by_kind: bool = False, update_triggers: bool = False
) -> list[Move]:
    """Elements with the same id that fit; ``by_kind`` also those that are alone in being of their kind, or have the
    same name, among what is left of a scope."""
    mapped: dict[str, str] = {}
    for node in _iterate_outside_in(source):
        same = target.nodes.get(node.id)
        if may_rest(node, source) and same is not None and not explain_mismatch(source, target, node, same, mapped):
            mapped[node.id] = same.id
    while by_kind and _add_by_kind(source, target, mapped):
        continue
    nodes = source.nodes
    return [
        Move(source=name, target=mapped[name], update_trigger=update_triggers and has_trigger(nodes[name], source))
        for name in nodes
        if name in mapped
    ]


def list_choices(source: ProcessModel, target: ProcessModel, moves: Sequence[Move]) -> list[Choice]:
    """For each element that may need a move what it can become, as its surroundings are mapped by the moves.

    Raises TooManyChoices.
    """
    mapped = {move.source: move.target for move in moves}
    resting = [node for node in source.nodes.values() if may_rest(node, source)]
    alike = _group_alike(node for node in target.nodes.values() if may_rest(node, target))
    fitting = [alike.get(_describe_fitting(source, target, node, mapped), []) for node in resting]
    if sum(map(len, fitting)) > MOST_CHOICES:
        raise TooManyChoices
    return [
        Choice(
            source=node.id,
            targets=tuple(other.id for other in fits),
            why_not=() if node.id in mapped else tuple(_explain_missing(source, target, node, mapped)),
        )
        for node, fits in zip(resting, fitting, strict=True)
    ]


def _explain_missing(source: ProcessModel, target: ProcessModel, node: Node, mapped: Mapping[str, str]) -> list[str]:
    same = target.nodes.get(node.id)
    if same is None:
        return [f"There is no element '{node.id}' in the version to migrate to"]
    return explain_mismatch(source, target, node, same, mapped)


def check_moves(source: ProcessModel, target: ProcessModel, moves: Sequence[Move]) -> list[list[str]]:
    """What is wrong with each of the moves."""
    mapped = {move.source: move.target for move in moves}
    return [_check_move(source, target, move, mapped, moves) for move in moves]


def explain_mismatch(
    source: ProcessModel, target: ProcessModel, before: Node, after: Node, mapped: Mapping[str, str]
) -> list[str]:
    """Why one element cannot become the other, as far as the two and what is around them say."""
    found = [
        f"Expected {what} of '{after.id}' to be {read(before)}, as of '{before.id}', but found {read(after)}"
        for what, read in _SAME.items()
        if read(before) != read(after)
    ]
    around = target.id if before.scope == source.id else mapped.get(before.scope)
    if after.scope != around:
        where = "which is mapped to nothing" if around is None else f"which becomes '{around}'"
        found.append(
            f"Expected '{after.id}' to be in what the scope of '{before.id}' becomes, but it is in '{after.scope}' and "
            f"'{before.id}' is in '{before.scope}', {where}"
        )
    if before.attached_to is not None and mapped.get(before.attached_to) != after.attached_to:
        found.append(
            f"Expected '{after.id}' to be attached to what '{before.attached_to}' becomes, but it is attached to "
            f"'{after.attached_to}'"
        )
    return found


def _group_alike(nodes: Iterable[Node]) -> dict[Hashable, list[Node]]:
    """Those that the same elements can become: of thousands not each is compared with each."""
    found: dict[Hashable, list[Node]] = defaultdict(list)
    for node in nodes:
        found[_describe(node, node.scope, node.attached_to)].append(node)
    return found


def _describe_fitting(source: ProcessModel, target: ProcessModel, node: Node, mapped: Mapping[str, str]) -> Hashable:
    """As what an element can become is described: exactly what ``explain_mismatch`` has nothing against."""
    around = target.id if node.scope == source.id else mapped.get(node.scope)
    return _describe(node, around, None if node.attached_to is None else mapped.get(node.attached_to, ""))


def _describe(node: Node, scope: str | None, attached_to: str | None) -> Hashable:
    return (scope, attached_to, *(read(node) for read in _SAME.values()))


def _read_loop(node: Node) -> str:
    if isinstance(node.loop, MultiInstance):
        return "sequential multi-instance" if node.loop.sequential else "parallel multi-instance"
    return "none" if node.loop is None else "a loop"


def _read_events(node: Node) -> str:
    return ", ".join(sorted(event.kind.value for event in node.events)) or "none"


_SAME: dict[str, Callable[[Node], Any]] = {
    "the type": lambda node: node.kind.value,
    "the events": _read_events,
    "the marker": _read_loop,
    "the work": lambda node: "external" if node.external is not None else "the engine's",
    "the mark as a compensation handler": lambda node: node.for_compensation,
}
"""What must be the same of both elements."""


def _check_move(
    source: ProcessModel, target: ProcessModel, move: Move, mapped: Mapping[str, str], moves: Sequence[Move]
) -> list[str]:
    before, after = source.nodes.get(move.source), target.nodes.get(move.target)
    if before is None:
        return [f"Expected an element of process '{source.id}' as source, but found '{move.source}'"]
    if after is None:
        return [f"Expected an element of the version to migrate to as target, but found '{move.target}'"]
    found = explain_mismatch(source, target, before, after, mapped)
    if sum(other.source == move.source for other in moves) > 1:
        found.append(f"Expected one instruction for '{move.source}', but found several")
    if before.traits.is_scope and sum(other.target == move.target for other in moves) > 1:
        found.append(f"Expected one subprocess to become '{move.target}', but found several")
    if move.update_trigger and not has_trigger(before, source):
        found.append(f"Expected an event that is waited for, to open it anew, but '{move.source}' is none")
    return found


def _iterate_outside_in(model: ProcessModel) -> Iterator[Node]:
    """Scopes before what is inside them, activities before the events that are attached to them."""
    inside: dict[str, list[Node]] = defaultdict(list)
    for node in model.nodes.values():
        inside[node.scope].append(node)
    scopes = [model.id]
    for scope in scopes:
        yield from sorted(inside[scope], key=lambda node: node.attached_to is not None)
        scopes += [node.id for node in inside[scope] if node.traits.is_scope]


def _add_by_kind(source: ProcessModel, target: ProcessModel, mapped: dict[str, str]) -> bool:
    """Map what is left of each scope where there is one choice only. Whether anything was added."""
    taken, before = set(mapped.values()), len(mapped)
    left = [node for node in _iterate_outside_in(source) if node.id not in mapped and may_rest(node, source)]
    free = [node for node in _iterate_outside_in(target) if node.id not in taken and may_rest(node, target)]
    alike, kinds = _group_alike(free), [_describe_fitting(source, target, node, mapped) for node in left]
    named: dict[Hashable, list[Node]] = defaultdict(list)
    for kind, others in alike.items():
        for other in others:
            named[kind, other.name].append(other)
    rivals = Counter(kinds)
    for node, kind in zip(left, kinds, strict=True):
        same_name = named.get((kind, node.name), []) if node.name else []
        chosen = same_name if len(same_name) == 1 else alike.get(kind, [])
        if len(chosen) == 1 and chosen[0].id not in taken and (same_name or rivals[kind] == 1):
            mapped[node.id] = chosen[0].id
            taken.add(chosen[0].id)
    return len(mapped) > before
