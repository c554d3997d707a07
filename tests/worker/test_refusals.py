"""What cannot work is refused before a task is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.cli.connection import Stopped
from baton.cli.worker import run_worker
from baton.worker import Runner, Task, worker


def takes_nothing() -> None:
    pass


def takes_two(task: Task, amount: int) -> None:
    pass


def takes_a_keyword(*, task: Task) -> None:
    pass


def yields(task: Task) -> Iterator[dict[str, int]]:
    yield {"a": 1}


async def yields_async(task: Task) -> Any:
    yield {"a": 1}


@pytest.mark.parametrize("function", [takes_nothing, takes_two, takes_a_keyword, yields, yields_async, "text", None])
def test_a_function_that_cannot_be_called_with_a_task_is_refused(function: Any) -> None:
    with pytest.raises(TypeError, match="Expected for topic 'work' a function of one argument, the task"):
        worker("work")(function)


@pytest.mark.parametrize("topic", ["", None, takes_nothing])
def test_a_worker_without_a_topic_is_refused(topic: Any) -> None:
    with pytest.raises(ValueError, match="Expected a topic"):
        worker(topic)


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
