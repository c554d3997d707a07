"""The models that are measured, as BPMN texts that both Baton and plain SpiffWorkflow run."""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="bench" targetNamespace="urn:bench">'
)


class Process:
    """Builds one executable process element by element."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._parts: list[str] = []
        self._flows = 0

    def add(self, element: str) -> Process:
        self._parts.append(element)
        return self

    def flow(self, source: str, target: str, condition: str = "") -> str:
        """A sequence flow; the condition is Python-like, which both engines read."""
        self._flows += 1
        name = f"f{self._flows}"
        inner = (
            f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>' if condition else ""
        )
        self._parts.append(
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
        return name

    def chain(self, *elements: str) -> Process:
        for source, target in pairwise(elements):
            self.flow(source, target)
        return self

    def xml(self) -> str:
        body = "".join(self._parts)
        return f'{HEAD}<process id="{self.key}" isExecutable="true">{body}</process></definitions>'


def script(name: str, source: str = "pass") -> str:
    return f'<scriptTask id="{name}"><script>{source}</script></scriptTask>'


def external(name: str, topic: str, inner: str = "") -> str:
    return f'<serviceTask id="{name}" camunda:type="external" camunda:topic="{topic}">{inner}</serviceTask>'


def one_task(topic: str = "bench") -> str:
    """Start, one external task, end."""
    process = Process("one-task").add('<startEvent id="s"/>').add(external("work", topic)).add('<endEvent id="e"/>')
    return process.chain("s", "work", "e").xml()


def fork_join() -> str:
    """Nine elements: a fork into three scripts, a join, one more script."""
    process = Process("fork-join").add('<startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="join"/>')
    process.add('<endEvent id="e"/>').add(script("last"))
    process.chain("s", "fork")
    for name in ("a", "b", "c"):
        process.add(script(name)).chain("fork", name, "join")
    return process.chain("join", "last", "e").xml()


def loop(iterations: int) -> str:
    """A back edge taken ``iterations`` times around one script; ``i`` counts."""
    process = (
        Process("loop").add('<startEvent id="s"/><exclusiveGateway id="merge"/>').add(script("count", "i = i + 1"))
    )
    process.chain("s", "merge", "count", "choice")
    back = process.flow("choice", "merge", f"i &lt; {iterations}")
    out = process.flow("choice", "e")
    del back
    process.add(f'<exclusiveGateway id="choice" default="{out}"/><endEvent id="e"/>')
    return process.xml()


def multi_instance(count: int) -> str:
    """One script ``count`` times in parallel."""
    cardinality = f"<loopCardinality>{count}</loopCardinality>"
    inner = f"<multiInstanceLoopCharacteristics>{cardinality}</multiInstanceLoopCharacteristics>"
    process = Process("multi").add('<startEvent id="s"/><endEvent id="e"/>')
    process.add(f'<scriptTask id="many">{inner}<script>pass</script></scriptTask>')
    return process.chain("s", "many", "e").xml()


def chain(length: int) -> str:
    """``length`` scripts in a row."""
    names = [f"t{number}" for number in range(length)]
    process = Process("chain").add('<startEvent id="s"/><endEvent id="e"/>')
    for name in names:
        process.add(script(name))
    return process.chain("s", *names, "e").xml()


def branches(width: int) -> str:
    """A fork into ``width`` branches of one script each, and a join."""
    process = Process("branches").add('<startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="join"/>')
    process.add('<endEvent id="e"/>').chain("s", "fork").chain("join", "e")
    for number in range(width):
        process.add(script(f"t{number}")).chain("fork", f"t{number}", "join")
    return process.xml()


def nested(depth: int) -> str:
    """Subprocesses ``depth`` deep, a script in the innermost."""
    inner = script("work")
    body = f'<startEvent id="s"/>{inner}<endEvent id="e"/>' + _flow("f", "s", "work") + _flow("g", "work", "e")
    for level in range(depth):
        start, end, sub = f"s{level}", f"e{level}", f"sub{level}"
        body = (
            f'<startEvent id="{start}"/><subProcess id="{sub}">{body}</subProcess><endEvent id="{end}"/>'
            + _flow(f"f{level}", start, sub)
            + _flow(f"g{level}", sub, end)
        )
    return f'{HEAD}<process id="nested" isExecutable="true">{body}</process></definitions>'


def _flow(name: str, source: str, target: str) -> str:
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}"/>'
