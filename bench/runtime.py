"""The runtime alone: against plain SpiffWorkflow on the same models in the same run, and against its own smaller self.

Scripts are run by the same plain ``exec`` in both, so that what is compared is the interpretation of the model.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from baton.bpmn import read
from baton.expression.scripts import ScriptResult
from baton.model.attributes import Script
from baton.model.commands import Envelope, StartInstance
from baton.model.definition import Definition, ProcessModel
from baton.model.errors import NotFound
from baton.model.ids import make_instance_id
from baton.runtime import Instance, Ports
from bench import models
from bench.executed import bytecodes, lines


class Plain:
    """Scripts by ``exec``, as plain SpiffWorkflow runs them. For measuring only."""

    def run(
        self,
        script: Script,
        variables: Mapping[str, Any],
        limits: None = None,
        context: Mapping[str, Any] | None = None,
    ) -> ScriptResult:
        found = dict(variables)
        exec(script.source, {}, found)  # the models are ours
        return ScriptResult({name: value for name, value in found.items() if variables.get(name) != value})


class One:
    """A library of one definition."""

    def __init__(self, model: ProcessModel) -> None:
        self._model = model
        self._definition = Definition(
            id="bench:1:1", key=model.id, version=1, deployment_id="1", resource_name="", deployed_at=0
        )

    def get_model(self, definition_id: str) -> ProcessModel:
        return self._model

    def get_definition(self, definition_id: str) -> Definition:
        return self._definition

    def resolve(self, key: str, binding: str, version: str | None, deployment_id: str) -> str:
        raise NotFound(key)


def baton(xml: str, **variables: Any) -> Callable[[], None]:
    """A run of the model from start to end."""
    reading = read(xml.encode())
    assert not reading.errors, reading.errors
    ports = Ports(One(reading.processes[0]), Plain(), max_steps=10**9)
    ports.get_spec("bench:1:1")
    command = StartInstance(definition_id="bench:1:1", variables=variables)
    envelope = Envelope(id="1", command=command, submitted_at=0)

    def run() -> None:
        decision = Instance(make_instance_id(bytes(10), 0), ports).decide([envelope], 1, {})
        assert decision.header.state == "completed", decision.header

    return run


def spiff(xml: str, **variables: Any) -> Callable[[], None]:
    """The same with plain SpiffWorkflow."""
    logging.disable(logging.INFO)
    parser = BpmnParser()
    root = etree.XML(xml.encode())
    parser.add_bpmn_xml(root)
    process = root.find("{*}process")
    assert process is not None
    spec = parser.get_spec(str(process.get("id")))

    def run() -> None:
        workflow = BpmnWorkflow(spec)
        workflow.task_tree.data = dict(variables)
        workflow.do_engine_steps()
        while not workflow.is_completed():
            for task in workflow.get_tasks(state=TaskState.READY):
                task.run()
            workflow.do_engine_steps()

    return run


def best(run: Callable[[], None], times: int) -> float:
    """The shortest of some runs, in seconds."""
    found = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        run()
        found = min(found, time.perf_counter() - begin)
    return found


def against_spiff() -> None:
    print("runtime against plain SpiffWorkflow (ms, shortest of several; ratio = how many times faster)")
    cases: list[tuple[str, str, dict[str, Any], int]] = [
        ("9-element fork/join", models.fork_join(), {}, 50),
        ("loop of 400", models.loop(400), {"i": 0}, 3),
        ("loop of 4,000", models.loop(4_000), {"i": 0}, 1),
        ("1,000-way multi-instance", models.multi_instance(1_000), {}, 1),
    ]
    for name, xml, variables, times in cases:
        ours = best(baton(xml, **variables), max(times, 3))
        theirs = best(spiff(xml, **variables), times) if name != "loop of 4,000" else None
        peer = f"{theirs * 1e3:10.1f}   x{theirs / ours:.1f}" if theirs is not None else "   (minutes; not run)"
        print(f"  {name:28} {ours * 1e3:9.2f} {peer}")


def cost_per_step() -> None:
    print("cost per step at full size against a tenth of it (µs per element; at most 1.5)")
    cases: list[tuple[str, Callable[[int], str], int, dict[str, Any]]] = [
        ("loop", models.loop, 10_000, {"i": 0}),
        ("multi-instance", models.multi_instance, 1_000, {}),
        ("chain", models.chain, 2_000, {}),
        ("parallel branches", models.branches, 200, {}),
        ("nested subprocesses", models.nested, 50, {}),
    ]
    for name, build, size, variables in cases:
        small = best(baton(build(size // 10), **variables), 7) / (size // 10)
        large = best(baton(build(size), **variables), 3) / size
        print(f"  {name:22} {size // 10:6}: {small * 1e6:7.1f}   {size:6}: {large * 1e6:7.1f}   x{large / small:.2f}")


def counted() -> None:
    """What no clock and no other load can change; compare with the same of the commit before."""
    print("executed bytecodes of one run, and distinct lines that run")
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("fork and join", models.fork_join(), {}),
        ("loop of 100", models.loop(100), {"i": 0}),
        ("100-way multi-instance", models.multi_instance(100), {}),
        ("chain of 100", models.chain(100), {}),
        ("20 branches", models.branches(20), {}),
        ("20 nested subprocesses", models.nested(20), {}),
    ]
    for name, xml, variables in cases:
        run = baton(xml, **variables)
        run()
        print(f"  {name:28} {bytecodes(run):9,}")
    runs = [baton(models.fork_join()), baton(models.loop(10), i=0), baton(models.multi_instance(5))]
    found = lines([*runs, baton(models.nested(3))])
    print(
        f"  lines of fork, loop, multi-instance and nested together: {found.library} SpiffWorkflow's, {found.ours} ours"
    )


def main() -> None:
    against_spiff()
    cost_per_step()
    counted()
