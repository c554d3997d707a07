"""Small models for tests, as XML: ``process(nodes, flows="a>b>c")``."""

from __future__ import annotations

from itertools import pairwise

from baton.bpmn import Reading, read
from baton.model.definition import Node, ProcessModel

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:operaton="http://operaton.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def flows(text: str) -> str:
    """``a>b>c a>d`` as sequence flows with the ids ``a-b``, ``b-c``, ``a-d``."""
    found: list[str] = []
    for chain in text.split():
        nodes = chain.split(">")
        for source, target in pairwise(nodes):
            found.append(f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>')
    return "".join(found)


def definitions(content: str) -> bytes:
    return f'<definitions {NAMESPACES} targetNamespace="https://example.org">{content}</definitions>'.encode()


def process(nodes: str, flow: str = "", root: str = "", attributes: str = "") -> bytes:
    """A file with one executable process ``p``."""
    return definitions(f'{root}<process id="p" isExecutable="true" {attributes}>{nodes}{flows(flow)}</process>')


def around(node: str, root: str = "", more: str = "") -> bytes:
    """``start`` -> the node, which has the id ``n`` -> ``end``."""
    return process(f'<startEvent id="start"/>{node}<endEvent id="end"/>{more}', "start>n>end", root)


def model(data: bytes) -> ProcessModel:
    """The only process of the file, which must have no errors but unsupported ones."""
    reading = read(data)
    assert [str(p) for p in reading.errors if p.rule != "unsupported"] == []
    (found,) = reading.processes
    return found


def node(data: bytes, node_id: str = "n") -> Node:
    return model(data).nodes[node_id]


def rules_of(reading: Reading) -> list[str]:
    return [problem.rule for problem in reading.problems]
