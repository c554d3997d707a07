"""Random processes without structure: gateways and tasks with flows between them as they fall.

Joins may wait forever and tokens may multiply, so a run may end in any way. A flow that goes back goes
to a task that waits, so that no run spins.
"""

from __future__ import annotations

from random import Random

from tests.runtime.randomly.structured import FLAGS, NAMESPACES, ROOTS

GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway")
WAITING = 'camunda:type="external" camunda:topic="t"'


def unstructured(random: Random) -> str:
    count = random.randint(4, 9)
    kinds = [random.choice((*GATEWAYS, "task", "wait")) for _ in range(count)]
    kinds[0] = "task"
    edges = _edges(random, kinds)
    outgoing = {i: [edge for edge in edges if edge[0] == i] for i in range(count)}
    parts = ['<startEvent id="s"/><sequenceFlow id="fs" sourceRef="s" targetRef="n0"/>']
    parts += [_node(random, kinds[i], i, outgoing[i]) for i in range(count)]
    parts += [_flow(random, kinds, edge, outgoing) for edge in edges]
    parts += [_end(i) for i in range(count) if kinds[i] in GATEWAYS and not outgoing[i]]
    body = "".join(parts)
    return (
        f'<definitions {NAMESPACES} targetNamespace="r" id="d">{ROOTS}<process id="p" isExecutable="true">{body}'
        "</process></definitions>"
    )


def _edges(random: Random, kinds: list[str]) -> list[tuple[int, int]]:
    count = len(kinds)
    edges = {(random.randrange(i), i) for i in range(1, count)}
    for _ in range(random.randint(0, count // 2)):
        source, target = random.randrange(count), random.randrange(1, count)
        if source < target or (source > target and kinds[target] == "wait"):
            edges.add((source, target))
    return sorted(edges)


def _end(number: int) -> str:
    """A gateway must lead somewhere."""
    return f'<endEvent id="e{number}"/><sequenceFlow id="fe{number}" sourceRef="n{number}" targetRef="e{number}"/>'


def _id(edge: tuple[int, int]) -> str:
    return f"f{edge[0]}_{edge[1]}"


def _node(random: Random, kind: str, number: int, outgoing: list[tuple[int, int]]) -> str:
    chosen = f' default="{_id(outgoing[-1])}"' if _chooses(kind) and len(outgoing) > 1 else ""
    if kind == "task":
        return f'<task id="n{number}"{chosen}/>'
    if kind == "wait":
        return f'<serviceTask id="n{number}" {WAITING}/>'
    inner = ""
    if kind == "complexGateway" and random.random() < 0.7:
        needed = random.randint(1, 2)
        inner = f"<activationCondition>${{activationCount >= {needed}}}</activationCondition>"
    return f'<{kind} id="n{number}"{chosen}>{inner}</{kind}>'


def _chooses(kind: str) -> bool:
    return kind in ("exclusiveGateway", "inclusiveGateway", "complexGateway")


def _flow(random: Random, kinds: list[str], edge: tuple[int, int], outgoing: dict[int, list[tuple[int, int]]]) -> str:
    ways = outgoing[edge[0]]
    condition = ""
    if _chooses(kinds[edge[0]]) and len(ways) > 1 and edge != ways[-1]:
        condition = f"<conditionExpression>${{{random.choice(FLAGS)}}}</conditionExpression>"
    return f'<sequenceFlow id="{_id(edge)}" sourceRef="n{edge[0]}" targetRef="n{edge[1]}">{condition}</sequenceFlow>'
