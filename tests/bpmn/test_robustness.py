"""Damaged files: whatever is changed in a model, reading it gives a list of problems and never an exception."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from baton.bpmn import read

SAMPLES = sorted((Path(__file__).parent / "rules").glob("*/valid.bpmn"))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with a few tags renamed, attributes emptied, swapped or removed, and lines doubled or dropped."""
    text = data.decode()
    for _ in range(chance.randint(1, 4)):
        attributes = list(re.finditer(r' (\w+)="([^"]*)"', text))
        lines = text.splitlines()
        one, other = chance.choice(attributes), chance.choice(attributes)
        kind = chance.randrange(5)
        if kind == 0:
            text = text[: one.start(2)] + other[2] + text[one.end(2) :]
        elif kind == 1:
            text = text[: one.start()] + text[one.end() :]
        elif kind == 2:
            text = text[: one.start(1)] + other[1] + text[one.end(1) :]
        elif kind == 3:
            lines.insert(chance.randrange(len(lines)), chance.choice(lines))
            text = "\n".join(lines)
        else:
            del lines[chance.randrange(len(lines))]
            text = "\n".join(lines)
    return text.encode()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_damaged_files_are_reported_and_never_crash_a_rule(path: Path) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(25):
        data = damaged(path.read_bytes(), chance)
        reading = read(data)
        assert "internal" not in {problem.rule for problem in reading.problems}, f"seed {seed}\n{data.decode()}"
