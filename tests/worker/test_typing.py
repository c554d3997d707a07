"""A module of a user with workers of every kind passes a strict type checker, and its mistakes do not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

MODULE = """
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from pydantic import BaseModel

from baton.worker import BpmnError, Failure, Task, worker


class CardDeclined(Exception):
    pass


class Colour(Enum):
    RED = "red"


class Score(BaseModel):
    points: int


@dataclass
class Receipt:
    id: str


@worker("score", retry=3, backoff=timedelta(seconds=2), no_retry=ValueError)
def score(applicant: str, amount: Decimal, born: date | None = None) -> Score:
    return Score(points=len(applicant))


@worker("charge", lock=30, concurrency=4, timeout=60, errors={CardDeclined: "DECLINED"})
async def charge(task: Task, card: UUID, colour: Colour) -> Receipt:
    if task.retries == 0:
        raise Failure("no retries left", retries=0)
    task.progress(0.5, "half of it")
    return Receipt(str(card) + colour.value)


@worker("notify", variables=["address"], no_retry=(ValueError, TypeError))
def notify(task: Task) -> None:
    raise BpmnError("NO_ADDRESS", str(task.variables["address"]))


@worker("plain")
def plain(task: Task) -> dict[str, object]:
    return {"done": True}


points: int = score("Ann", Decimal(5)).points


async def pay(task: Task) -> str:
    return (await charge(task, UUID(int=1), Colour.RED)).id
"""


MISTAKES = {
    "score(1, Decimal(5))": "reportArgumentType",
    'text: str = score("Ann", Decimal(5))': "reportAssignmentType",
    'worker("x", retry="often")': "reportArgumentType",
}


def test_workers_keep_the_types_of_their_functions(tmp_path: Path) -> None:
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    lines = [*MODULE.strip().splitlines(), *MISTAKES]
    (tmp_path / "shop.py").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    found = {lines[item["range"]["start"]["line"]]: item["rule"] for item in report["generalDiagnostics"]}
    assert found == MISTAKES
