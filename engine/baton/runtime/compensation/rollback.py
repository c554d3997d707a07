"""Interruption back to an element: what has to be interrupted, what has to be undone, and when that makes no sense."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from baton.model.definition import Node
from baton.model.elements import Join
from baton.model.errors import BadRequest, Conflict
from baton.runtime import failures
from baton.runtime.compensation import undoing
from baton.runtime.compensation.plan import Selection
from baton.runtime.core.reachability import Reachability

if TYPE_CHECKING:
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow

WAITS_FOR_SEVERAL = (Join.ALL, Join.ACTIVATION)
OPERATED = ("rollback", "end", "cancel")


@dataclass(frozen=True, kw_only=True)
class Target:
    """``behind``: the elements come to since ``element`` was last entered, itself included, on the ways from there.

    ``active`` are the tokens at them. ``arrivals``: tokens that wait at a join, with what has come from other branches
    and therefore stays. ``after``: the ledger's last number when the element was last entered.
    """

    scope: Token
    element: str
    behind: frozenset[str]
    active: tuple[Token, ...]
    arrivals: tuple[tuple[Token, dict[str, int]], ...]
    after: int
    interruption: Interruption

    @property
    def selection(self) -> Selection:
        """What completed behind the element since, and all that completed in the scopes that are interrupted."""
        ledger = self.scope.workflow.ledger
        return Selection(
            scopes=(self.scope.id,),
            elements=tuple(sorted(self.behind)),
            after=self.after,
            upto=ledger.last,
            inside=ledger.list_holding(self.interruption.scopes),
        )

    @property
    def restarts(self) -> bool:
        """Whether an event subprocess has taken over: the scope waits for its events again afterwards."""
        return any(_took_over(token) for token in self.active)


@dataclass(frozen=True)
class Interruption:
    """What ends with tokens that are interrupted: their scopes, and the undoings that were at work for them."""

    scopes: set[int] = field(default_factory=set[int])
    undoings: set[int] = field(default_factory=set[int])

    def add(self, token: Token, *, inside_handler: bool = False) -> None:
        seq = token.memory.undoes
        if seq is not None:
            self.undoings.add(seq)
        elif not inside_handler:
            self.scopes.update((token.id, *undoing.list_interrupted_scopes(token)))
        for inner in (*token.children, *undoing.list_handlers(token)):
            self.add(inner, inside_handler=inside_handler or seq is not None)


def find_target(workflow: TokenWorkflow, element: str) -> Target:
    """Where a rollback to ``element`` leads. Raises BadRequest or Conflict if the instance cannot go back there."""
    scope = _scope(workflow, element)
    _check_kind(scope.spec.model.nodes[element])
    _check_free(scope)
    count, after, since = workflow.visits.get(scope.id, {}).get(element, (0, 0, 0))
    if not count:
        raise BadRequest(f"Expected an element that the instance has come to, but it has not been at '{element}'")
    if after < 0:
        raise BadRequest(
            f"Expected an element that the instance has come to, but it has gone back over '{element}' since"
        )
    behind = _behind(scope, element, since)
    there = [token for token in scope.children if _is_at(token, behind)]
    arrivals = tuple((token, kept) for token in there if (kept := _arrivals_kept(token, behind)))
    active = tuple(token for token in there if token not in [arrival for arrival, _ in arrivals])
    interruption = Interruption()
    for token in active:
        interruption.add(token)
    found = Target(
        scope=scope,
        element=element,
        behind=behind,
        active=active,
        arrivals=arrivals,
        after=after,
        interruption=interruption,
    )
    _check_joins(found)
    return found


def _scope(workflow: TokenWorkflow, element: str) -> Token:
    """The one live scope that the element runs in."""
    found = [
        token
        for token in workflow.tasks.values()
        if (node := token.spec.model.nodes.get(element)) is not None
        and node.scope == token.task_spec.name
        and not token.memory.body
        and failures.find_undone(token) is None
    ]
    if not found:
        raise BadRequest(
            f"Expected an element whose scope is active in instance '{workflow.instance_id}', but found '{element}'; "
            "choose one of the process itself, or of a subprocess that is running"
        )
    if len(found) > 1:
        raise Conflict(
            f"Expected one active scope with element '{element}', but found {len(found)}; "
            "go back to an element before the multi-instance activity or the call"
        )
    return found[0]


def _check_kind(node: Node) -> None:
    what = None
    if node.for_compensation:
        what = "a compensation handler"
    elif node.traits.triggered_by_event:
        what = "an event subprocess"
    elif node.traits.join in WAITS_FOR_SEVERAL and len(node.incoming) > 1:
        what = "a gateway that waits for several tokens"
    if what is not None:
        raise BadRequest(f"Expected an element that one token can go on from, but '{node.id}' is {what}")


def _check_free(scope: Token) -> None:
    for token in scope.children:
        if token.memory.then in OPERATED:
            raise Conflict(
                f"Expected scope '{scope.task_spec.name}' not to be undone already, but it is; "
                "wait until it is, or retry, skip or mark what failed as undone"
            )


def _behind(scope: Token, element: str, since: int) -> frozenset[str]:
    """The element, and all that was entered after it on the ways that lead from it.

    Only ways that were gone count: over a loop around it, a parallel branch can lead back to the element's own.
    """
    visits = scope.workflow.visits.get(scope.id, {})
    reachability = Reachability.from_model(scope.spec.model)
    found, todo = {element}, [element]
    while todo:
        for following in reachability.list_next_nodes(todo.pop()):
            if following not in found and visits.get(following, (0, 0, 0))[2] > since:
                found.add(following)
                todo.append(following)
    return frozenset(found)


def _is_at(token: Token, behind: frozenset[str]) -> bool:
    """Whether the token has to go; handlers go with their throwers."""
    if token.memory.undoes is not None:
        return False
    return (token.memory.source or token.task_spec.name) in behind or _took_over(token)


def _took_over(token: Token) -> bool:
    """Whether the token is an interrupting event subprocess: nothing but it runs in the scope."""
    model = token.spec.model
    node = model.nodes.get(token.task_spec.name)
    start = model.nodes.get(token.memory.start or "")
    return node is not None and node.traits.triggered_by_event and start is not None and start.interrupting


def _arrivals_kept(token: Token, behind: frozenset[str]) -> dict[str, int]:
    """What other branches have brought to a join where the token waits."""
    if not token.memory.parked or token.memory.fired:
        return {}
    flows, counts = token.spec.model.flows, token.memory.arrivals
    return {flow: count for flow, count in counts.items() if flows[flow].source not in behind}


def _check_joins(found: Target) -> None:
    """Refuse to go back into one branch of several that have joined since: the others will not come again."""
    scope, model = found.scope, found.scope.spec.model
    reachability = Reachability.from_model(model)
    kept = {token.task_spec.name: flows for token, flows in found.arrivals}
    staying = [t for t in scope.children if t not in found.active and t.memory.undoes is None]
    parked = {t.task_spec.name: t.memory.arrivals for t in staying if t.memory.parked}
    sources = {found.element, *(t.task_spec.name for t in staying)}
    for node in model.members.get(scope.task_spec.name, ()):
        if node.traits.join is not Join.ALL or len(node.incoming) < 2:
            continue
        if not any(reachability.leads(found.element, flow, past=node.id) for flow in node.incoming):
            continue
        for flow in node.incoming:
            here = kept.get(node.id, parked.get(node.id)) or {}
            if flow in here or any(reachability.leads(name, flow, past=node.id) for name in sources):
                continue
            raise Conflict(
                f"Expected that '{node.id}' can be passed again from '{found.element}', but nothing would come over "
                f"'{flow}' any more: its branch has been joined already; go back to an element before the branches part"
            )
