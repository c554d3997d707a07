"""``make trace``: which functions of Baton run on the way of a request, on a real store, from the engine down.

A shorter way is a way that a reader can follow. Each is traced the second time that it happens, when caches are filled.
Comprehensions, generator expressions and lambdas count with the function that they are in.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import baton
from baton.log_settings import LogSettings
from baton.logs import set_up
from baton.service import Engine, Resource, Settings, TopicRequest, assemble
from baton.store.server import start_server

PACKAGE = Path(baton.__file__).parent
SECOND = 1_000
LIMITS = {"start": 172, "complete": 184, "timer": 128, "deployment": 236}
"""The most functions that a way may have; a test holds it."""
MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="bench"><process id="{key}" isExecutable="true">
  <startEvent id="start"/><sequenceFlow id="to-work" sourceRef="start" targetRef="work"/>
  <serviceTask id="work" camunda:type="external" camunda:topic="work"/>
  <sequenceFlow id="to-wait" sourceRef="work" targetRef="wait"/>
  <intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>
  </intermediateCatchEvent><sequenceFlow id="to-end" sourceRef="wait" targetRef="end"/><endEvent id="end"/>
</process></definitions>"""


class Function(NamedTuple):
    file: str
    name: str

    @property
    def room(self) -> str:
        return self.file.partition("/")[0].removesuffix(".py")


WHEN_LATE = Function("service/core/pausing.py", "give_way")
"""Called where a turn has taken long, as any does now and then on a busy machine."""


def list_functions(run: Callable[[], object]) -> list[Function]:
    """The distinct functions of Baton that run, in the order of their first call."""
    found: dict[Function, None] = {}

    def note(frame: FrameType, event: str, arg: Any) -> None:
        del arg
        if event == "call" and (function := _describe(frame.f_code)) not in (None, WHEN_LATE):
            found[function] = None

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return list(found)


def _describe(code: CodeType) -> Function | None:
    path = Path(code.co_filename)
    if code.co_name.startswith("<") or not path.is_relative_to(PACKAGE):
        return None
    return Function(path.relative_to(PACKAGE).as_posix(), code.co_qualname)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.moment = 1_800_000_000_000

    def __call__(self) -> int:
        return self.moment


class Ways:
    """The ways of one instance, from its deployment to its end."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._definition_id = self._deploy("first")

    def _deploy(self, key: str) -> str:
        result = self._engine.deployments.deploy(key, [Resource("trace.bpmn", MODEL.format(key=key).encode())])
        return result.definitions[0].id

    def _start(self) -> None:
        self._engine.starts.start(self._definition_id, variables={"n": 1})

    def _complete(self) -> Callable[[], None]:
        topics = [TopicRequest(name="work", lock_ms=60 * SECOND)]
        (locked,) = self._engine.task_fetcher.fetch_and_lock("bench", 1, topics)
        return lambda: self._engine.external_tasks.complete(locked.task.id, "bench", {"x": 1})

    def _fire(self) -> None:
        if self._engine.run_due() != 1:
            raise RuntimeError("Expected one timer to be due, but found none")

    def trace(self) -> dict[str, list[Function]]:
        """Functions by way: ``start``, ``complete``, ``timer``, ``deployment``; each is the second of its kind."""
        found: dict[str, list[Function]] = {}
        for _ in range(2):
            found["start"] = list_functions(self._start)
            found["complete"] = list_functions(self._complete())
            self._clock.moment += 2 * SECOND
            found["timer"] = list_functions(self._fire)
        found["deployment"] = list_functions(lambda: self._deploy("second"))
        return found


def trace() -> dict[str, list[Function]]:
    """The ways on an embedded server of their own, with the log set up as in a server."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    set_up("trace", LogSettings(log_level="warning"))
    try:
        return _trace()
    finally:
        root.handlers = handlers
        root.setLevel(level)


def _trace() -> dict[str, list[Function]]:
    with tempfile.TemporaryDirectory(prefix="baton-trace-") as folder:
        server = start_server(Path(folder), Path(folder, "s"), fsync="no")
        clock = Clock()
        engine = assemble(Settings(redis_url=server.url, clock=clock))
        try:
            return Ways(engine, clock).trace()
        finally:
            engine.close()
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", metavar="WAY", help="the functions of one way: start, complete, timer, deployment")
    options = parser.parse_args()
    ways = trace()
    for way, functions in ways.items():
        rooms = Counter(function.room for function in functions)
        parts = ", ".join(f"{room} {count}" for room, count in rooms.most_common())
        print(f"{way:11} {len(functions):4} functions ({parts})")
    for function in ways[options.list] if options.list else ():
        print(f"  {function.file}: {function.name}")


if __name__ == "__main__":
    main()
