"""What cannot work is refused before a task is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from baton.cli.connection import Stopped
from baton.cli.worker import run_worker
from baton.worker import Runner, Task, worker
from baton.worker.loading import load_workers


def takes_nothing() -> None:
    pass


def takes_no_types(task, amount):  # type: ignore[no-untyped-def]
    pass


def takes_by_position(amount: int, /) -> None:
    pass


def takes_the_rest(amount: int, **more: int) -> None:
    pass


def takes_what_no_variable_is(connection: socket) -> None:
    pass


def takes_what_is_unknown(amount: Nowhere) -> None:  # type: ignore[name-defined]  # noqa: F821
    pass


def yields(task: Task) -> Iterator[dict[str, int]]:
    yield {"a": 1}


async def yields_async(task: Task) -> Any:
    yield {"a": 1}


@pytest.mark.parametrize(
    "function",
    [
        takes_nothing,
        takes_no_types,
        takes_by_position,
        takes_the_rest,
        takes_what_no_variable_is,
        takes_what_is_unknown,
        yields,
        yields_async,
        "text",
        None,
    ],
)
def test_a_function_that_cannot_be_called_with_a_task_is_refused(function: Any) -> None:
    with pytest.raises(TypeError, match="Expected for topic 'work' a function of the task"):
        worker("work")(function)


@pytest.mark.parametrize("topic", ["", None, takes_nothing])
def test_a_worker_without_a_topic_is_refused(topic: Any) -> None:
    with pytest.raises(ValueError, match="Expected a topic"):
        worker(topic)


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ({"timeout": 0}, "timeout > 0"),
        ({"timeout": float("nan")}, "timeout > 0"),
        ({"retry": -1}, "retry"),
        ({"retry": True}, "retry"),
        ({"backoff": -1}, "backoff"),
        ({"backoff": []}, "backoff"),
        ({"no_retry": (3,)}, "no_retry"),
        ({"errors": {ValueError: ""}}, "ValueError"),
        ({"errors": {"ValueError": "no"}}, "classes of exceptions"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        worker("work", **rules)


def test_a_class_with_a_call_method_and_a_default_is_accepted() -> None:
    class Charge:
        def __call__(self, task: Task, currency: str = "EUR") -> None:
            pass

    assert worker("work")(Charge()).topic == "work"


def test_two_handlers_of_one_topic_are_refused() -> None:
    @worker("work")
    def first(task: Task) -> None:
        pass

    @worker("work")
    def second(task: Task) -> None:
        pass

    with pytest.raises(ValueError, match="one handler for each topic, but found several for work"):
        Runner([first, second])


def test_the_command_line_refuses_two_handlers_of_one_topic_in_a_sentence(tmp_path: Path) -> None:
    module = tmp_path / "twice.py"
    function = '@worker("work")\ndef {}(task):\n    pass\n'
    module.write_text("from baton.worker import worker\n" + function.format("first") + function.format("second"))

    with pytest.raises(Stopped, match="one handler for each topic"):
        run_worker.main([str(module)], standalone_mode=False)


def test_the_command_line_takes_a_modules_middleware_and_refuses_what_is_none(tmp_path: Path) -> None:
    module = tmp_path / "measured.py"
    code = 'from baton.worker import worker\nmiddleware = {}\n@worker("work")\ndef work(task):\n    pass\n'
    module.write_text(code.format("[lambda task, proceed: proceed()]"))
    [middleware] = load_workers(str(module)).middleware
    module.write_text(code.format("3"))

    assert middleware(None, lambda: 7) == 7  # pyright: ignore[reportArgumentType]
    with pytest.raises(Stopped, match=r"Expected 'middleware' of .*measured.py to be a list of functions, but found 3"):
        run_worker.main([str(module)], standalone_mode=False)
