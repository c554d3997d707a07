"""Work whose cost the input decides: in processes of its own, which are killed when it takes too much."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton.model.errors import DeploymentRefused, Overloaded, TooMuchWork
from baton.model.problems import Problem, Severity
from baton.service import Resource, Settings
from baton.service.compute.pool import ComputeFailed, ComputePool
from baton.service.deployments.reading import find_problems

MakePool = Callable[..., ComputePool]
DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.fixture
def make_pool() -> Iterator[MakePool]:
    made: list[ComputePool] = []

    def make(**settings: float) -> ComputePool:
        made.append(ComputePool(Settings(**settings)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def test_a_file_is_checked_in_another_process_with_the_same_findings(make_pool: MakePool) -> None:
    file = next(DEFINITIONS.glob("*/*.bpmn"))
    resources = [Resource(file.name, file.read_bytes()), Resource("broken.bpmn", b"<definitions/>")]
    assert make_pool().run(find_problems, resources) == find_problems(resources)


def test_the_same_process_answers_one_request_after_another(make_pool: MakePool) -> None:
    pool = make_pool()
    first = pool.run(os.getpid)
    assert first != os.getpid()
    assert pool.run(os.getpid) == first


def test_what_takes_too_long_is_killed_and_the_next_request_is_answered(make_pool: MakePool) -> None:
    pool = make_pool(compute_seconds=0.3)
    pool.run(os.getpid)
    with pytest.raises(TooMuchWork, match=r"at most 0\.3 s .*BATON_COMPUTE_SECONDS"):
        pool.run(time.sleep, 600)
    assert pool.killed == 1
    assert pool.run(abs, -1) == 1


def test_what_takes_too_much_memory_is_refused_and_the_next_request_is_answered(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(TooMuchWork, match=r"480 MB .*BATON_COMPUTE_MEMORY_BYTES"):
        pool.run(bytearray, 2**30)
    assert pool.run(abs, -1) == 1


def test_a_result_that_is_too_large_is_refused_and_the_next_request_is_answered(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(TooMuchWork, match="at most 8 MB"):
        pool.run(bytes, 9 * 1024 * 1024)
    assert pool.run(abs, -1) == 1


def test_a_process_that_was_killed_from_outside_is_replaced(make_pool: MakePool) -> None:
    pool = make_pool()
    number = pool.run(os.getpid)
    os.kill(number, 9)
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    assert pool.run(os.getpid) != number


def test_refusals_come_back_as_they_were_raised(make_pool: MakePool) -> None:
    problem = Problem(rule="r", severity=Severity.ERROR, message="m", element="a")
    with pytest.raises(DeploymentRefused) as caught:
        make_pool().run(raise_refusal, problem)
    assert caught.value.problems == (problem,)


def test_a_bug_comes_back_with_its_place(make_pool: MakePool) -> None:
    with pytest.raises(ComputeFailed, match="ZeroDivisionError"):
        make_pool().run(divmod, 1, 0)


def test_the_processes_end_with_the_one_that_asks() -> None:
    code = """
import os
from baton.service import Settings
from baton.service.compute.pool import ComputePool
print(ComputePool(Settings()).run(os.getpid), flush=True)
os._exit(1)
"""
    # The processes inherit its standard error: `run` returns only when all of them have ended.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=100)
    assert int(done.stdout) > 0


def raise_refusal(problem: Problem) -> None:
    raise DeploymentRefused([problem])


def test_requests_wait_for_a_free_process_no_longer_than_for_their_work(make_pool: MakePool) -> None:
    pool = make_pool(compute_processes=1, compute_seconds=0.2)
    assert pool._free.acquire(blocking=False)
    with pytest.raises(Overloaded, match="BATON_COMPUTE_PROCESSES"):
        pool.run(os.getpid)
