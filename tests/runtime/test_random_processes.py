"""Random processes with random runs: restored after every turn equals never restored, and nothing gets lost.

``BATON_RANDOM_PROCESSES`` says how many (2000), ``BATON_RANDOM_SEED`` which first (0). A failure prints its seed:
``BATON_RANDOM_SEED=<seed> BATON_RANDOM_PROCESSES=1 pytest tests/runtime/test_random_processes.py`` repeats it.
"""

from __future__ import annotations

import os
from random import Random
from typing import TypeVar

import pytest

from tests.runtime.randomly.driving import Pair
from tests.runtime.randomly.structured import structured
from tests.runtime.randomly.unstructured import unstructured

COUNT = int(os.environ.get("BATON_RANDOM_PROCESSES", "2000"))
FIRST = int(os.environ.get("BATON_RANDOM_SEED", "0"))
PARTS = min(8, COUNT)
STEPS, MORE = 14, 400
P = TypeVar("P", bound=Pair)


def _seeds(part: int) -> range:
    return range(FIRST + part, FIRST + COUNT, PARTS)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(3600 if COUNT > 10_000 else 300)
def test_any_process_restored_after_every_turn_goes_the_same_way_and_keeps_its_tokens(part: int) -> None:
    for seed in _seeds(part):
        try:
            run(seed)
        except BaseException as error:
            error.add_note(f"BATON_RANDOM_SEED={seed} BATON_RANDOM_PROCESSES=1")
            raise


def run(seed: int, driver: type[P] = Pair) -> P:
    """Three of four processes are structured, and must end when everything they wait for happens."""
    random = Random(seed)
    ends = seed % 4 != 3
    pair = driver(structured(random) if ends else unstructured(random), random)
    pair.run(STEPS)
    if ends:
        pair.finish(MORE)
        assert pair.ended, f"stuck at {dict(pair.kept.header.tokens)}"
    return pair
