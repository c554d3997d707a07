"""Large long-lived objects are left out of Python's garbage collection, and are still freed when they are dropped."""

from __future__ import annotations

import contextlib
import gc
import time
import weakref
from collections.abc import Callable, Iterator

import pytest

from baton.service.core import garbage
from baton.service.core.bounded_cache import BoundedCache
from baton.service.core.offload import run_here


class Circle:
    """Only a collection frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def left_as_found() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def make_slowly() -> Circle:
    over = time.thread_time() + garbage.LARGE_S
    while time.thread_time() <= over:
        assert not gc.isenabled()
    return Circle()


def test_a_large_result_is_passed_over_until_it_has_left_the_cache() -> None:
    cache = BoundedCache[Circle](10)
    cache.put("a", garbage.keep_results(run_here)(make_slowly), 6)
    seen = weakref.ref(cache.get("a"))
    assert not is_looked_at(cache.get("a"))
    cache.drop("a")
    assert seen() is None


def test_a_small_result_is_looked_at_as_everything_is() -> None:
    assert is_looked_at(garbage.keep_results(run_here)(Circle))


@pytest.mark.parametrize("outcome", [lambda: None, lambda: 1 / 0])
def test_looking_for_garbage_goes_on_after_the_work_whatever_became_of_it(outcome: Callable[[], object]) -> None:
    with contextlib.suppress(ZeroDivisionError):
        garbage.keep_results(run_here)(outcome)
    assert gc.isenabled()


def is_looked_at(value: object) -> bool:
    return any(value is item for item in gc.get_objects())
