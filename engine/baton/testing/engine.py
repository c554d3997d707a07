"""What a test deploys to, starts and works with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from baton.client import Client, Deployment
from baton.testing.backends import Backend
from baton.testing.clock import TestClock
from baton.testing.instance import TestInstance
from baton.testing.replay import Replay
from baton.testing.scenario import Scenario, read_scenario
from baton.worker import AnyHandler, Handler, Middleware, Rest
from baton.worker.handler import find_handlers
from baton.worker.inline import InlineRunner
from baton.worker.loading import load_workers
from baton.worker.rest import normalize_url

PAUSE_S = 0.05


class TestEngine:
    """A Baton for one test. ``client`` is the whole of ``baton.client``, for what has no method here."""

    __test__ = False

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._rest = Rest(normalize_url(backend.url), make_session=backend.make_session)
        self.client = Client(backend.url, make_session=backend.make_session)
        self.clock = TestClock(backend.get_now, lambda moment: backend.move_to(moment, self._work))
        self._runner: InlineRunner | None = None
        self._deployments: list[str] = []

    def deploy(self, *paths: str | Path) -> Deployment:
        """Deploy files, and all that can be deployed in folders. Raises EngineRefused with ``body["problems"]``."""
        made = self.client.deploy(*paths, source="test", always=True)
        self._deployments.append(made.id)
        return made

    def start(self, key: str, variables: object = None, *, business_key: str | None = None) -> TestInstance:
        """Start the latest version of process ``key``, and let it go as far as it can."""
        started = self.client.start(key, variables, business_key=business_key)
        self.settle()
        return self.get_instance(started.id)

    def play(self, scenario: Scenario | str | Path) -> TestInstance:
        """Do what a scenario (or its file) says, without any worker, and expect what it expects.

        Its process must have been deployed. Raises AssertionError for a step that cannot be done and for another end
        than expected, ValueError for a file that is not a scenario.
        """
        wanted = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
        played = self.get_instance(Replay(self._rest, self.settle, self._let_pass).play(wanted))
        played.assert_as_expected(wanted.expect)
        return played

    def _let_pass(self, instance_id: str, duration: str | None) -> None:
        if duration is not None:
            self.clock.skip(duration)
            return
        awaited = self.client.get(instance_id).awaited
        due = [wait.due for wait in awaited if wait.due and wait.kind != "person" and wait.due > self.clock.now]
        if not due:
            raise AssertionError(f"Expected something to be due in the instance {instance_id}, but nothing is")
        self.clock.skip_to(min(due))

    def run(
        self, workers: Iterable[AnyHandler | ModuleType | Path] | None = None, *, middleware: Sequence[Middleware] = ()
    ) -> None:
        """Let these workers do all there is to do, now and whenever the test goes on. Without any: those named before.

        Handlers, or modules or files with handlers. Raises ValueError for two handlers of one topic, CannotLoad.
        """
        if workers is not None:
            handlers = list(_list_handlers(workers))
            self._runner = InlineRunner(
                handlers, self._rest, worker_id="test", read_time=self._backend.get_now, middleware=middleware
            )
        self.settle()

    def settle(self) -> None:
        """Return when nothing can go on before time passes, a person acts or a message comes."""
        self._backend.settle(self._work)

    def send_message(
        self, name: str, variables: object = None, *, business_key: str | None = None, wait: float | timedelta = 0
    ) -> None:
        """To the instance that waits for it, or to a process that it starts."""
        self.client.send_message(name, variables, business_key=business_key, wait=wait)
        self.settle()

    def send_signal(self, name: str, variables: object = None) -> None:
        self.client.send_signal(name, variables)
        self.settle()

    def get_instance(self, instance_id: str) -> TestInstance:
        return TestInstance(instance_id, self.client, self._expect, self.settle)

    def list_instances(self, key: str) -> list[TestInstance]:
        """All of process ``key``, running and ended: those that a message, a signal or a timer has started too."""
        self.settle()
        found = self.client.list_instances(processDefinitionKey=key, sortBy="startedAt", sortOrder="asc")
        return [self.get_instance(header.id) for header in found]

    @property
    def deployments(self) -> Sequence[str]:
        """The ids of what the test has deployed."""
        return self._deployments

    def close(self) -> None:
        """Delete what was deployed, with its instances, where it would stay."""
        for deployment_id in reversed(self._deployments if self._backend.lasts else ()):
            self.client.delete_deployment(deployment_id, cascade=True)
        self.client.close()
        self._rest.close()

    def _work(self) -> int:
        return 0 if self._runner is None else self._runner.run_once()

    def _expect(self, check: Callable[[], None]) -> None:
        deadline = time.monotonic() + self._backend.patience
        while True:
            self.settle()
            try:
                check()
                return
            except AssertionError:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(PAUSE_S)


def _list_handlers(workers: Iterable[AnyHandler | ModuleType | Path]) -> Iterable[AnyHandler]:
    """Each once: a module may import a handler of another."""
    return {id(handler): handler for worker in workers for handler in _open(worker)}.values()


def _open(worker: AnyHandler | ModuleType | Path) -> Iterable[AnyHandler]:
    if isinstance(worker, Path):
        return load_workers(str(worker)).handlers
    return [worker] if isinstance(worker, Handler) else find_handlers(vars(worker).values())
