"""Kinds of what a worker's function can do, and how each must end."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from baton.worker import BpmnError, Failure

NAN = float("nan")
SURROGATE = "\ud800"


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Shy:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Broken(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("broken mapping")

    def __iter__(self) -> Any:
        raise RuntimeError("broken mapping")

    def __len__(self) -> int:
        return 1


class Uninitialised(Failure):
    def __init__(self) -> None:
        Exception.__init__(self, "half a failure")


class UninitialisedBpmn(BpmnError):
    def __init__(self) -> None:
        Exception.__init__(self, "half an error")


@dataclass(frozen=True)
class Outcome:
    """``ends``: complete, bpmn or failure; ``text``: part of the failure's message."""

    do: Callable[[], Any]
    ends: str
    text: str = ""


def cycle() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


def deep(levels: int) -> list[Any]:
    items: list[Any] = []
    for _ in range(levels):
        items = [items]
    return items


def generate() -> Any:
    yield {"a": 1}


def raising(error: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def returned(value: Any, text: str = "") -> Outcome:
    return Outcome(lambda: value, "failure" if text else "complete", text)


@dataclass
class Score:
    points: int
    share: Decimal


class Rating(BaseModel):
    points: int


class Size(Enum):
    SMALL = "S"


def raised(error: BaseException, text: str) -> Outcome:
    return Outcome(raising(error), "failure", text)


OUTCOMES = {
    "none": returned(None),
    "empty": returned({}),
    "dict": returned({"a": 1, "b": [1, {"c": None}]}),
    "ordered": returned(OrderedDict(a=1)),
    "proxy": returned(MappingProxyType({"a": 1})),
    "moment": returned({"a": datetime(2026, 1, 2, tzinfo=UTC)}),
    "tuple-inside": returned({"a": (1, 2)}),
    "emoji": returned({"a": "\N{GRINNING FACE}"}),
    "list": returned([1, 2], "found list: [1, 2]"),
    "empty-list": returned([], "found list: []"),
    "string": returned("done", "found str: 'done'"),
    "zero": returned(0, "found int: 0"),
    "false": returned(False, "found bool: False"),
    "true": returned(True, "found bool: True"),
    "tuple": returned((1, 2), "found tuple"),
    "set": returned({1}, "found set"),
    "bytes": returned(b"x", "found bytes"),
    "object": returned(object(), "found object"),
    "shy": returned(Shy(), "whose repr() fails"),
    "class": returned(dict, "found type"),
    "generator": Outcome(generate, "failure", "found generator"),
    "broken-mapping": returned(Broken(), "broken mapping"),
    "nan": returned({"score": NAN}, "Variable 'score'"),
    "infinity": returned({"score": float("inf")}, "Variable 'score'"),
    "nan-inside": returned({"score": {"x": [NAN]}}, "Variable 'score'"),
    "surrogate": returned({"name": SURROGATE}, "Variable 'name'"),
    "surrogate-inside": returned({"name": [SURROGATE]}, "Variable 'name'"),
    "surrogate-name": returned({SURROGATE: 1}, "Variable '\\ud800'"),
    "set-value": returned({"tags": {1}}, "Variable 'tags'"),
    "set-inside": returned({"tags": [{1}]}, "Variable 'tags'"),
    "decimal": returned({"price": Decimal("49.99")}),
    "decimal-inside": returned({"prices": [Decimal("0.1")]}),
    "decimal-long": returned({"price": Decimal("0.12345678901234567891")}, "Variable 'price'"),
    "decimal-nan": returned({"price": Decimal("NaN")}, "Variable 'price'"),
    "date": returned({"due": date(2026, 1, 2), "id": UUID(int=1), "size": Size.SMALL}),
    "dataclass": returned(Score(7, Decimal("0.5"))),
    "model": returned(Rating(points=7)),
    "model-inside": returned({"ratings": [Rating(points=7)], "score": Score(7, Decimal("0.5"))}),
    "dataclass-broken": returned(Score(7, Decimal("0.12345678901234567891")), "Variable 'share'"),
    "shy-value": returned({"thing": Shy()}, "Variable 'thing'"),
    "cycle": returned({"items": cycle()}, "Variable 'items'"),
    "deep": returned({"items": deep(100_000)}, "Variable 'items'"),
    "huge": returned({"count": 2**80}, "Variable 'count'"),
    "number-as-name": returned({1: 2}, "Variable 1"),
    "bpmn": Outcome(raising(BpmnError("no", "said no", {"a": 1})), "bpmn"),
    "bpmn-surrogate-text": Outcome(raising(BpmnError("no", SURROGATE)), "bpmn"),
    "bpmn-nan": raised(BpmnError("no", variables={"score": NAN}), "Variable 'score'"),
    "bpmn-no-code": raised(BpmnError(None), "error code"),  # pyright: ignore[reportArgumentType]
    "bpmn-half": raised(UninitialisedBpmn(), "half an error"),
    "failure": raised(Failure("busy"), "busy"),
    "failure-surrogate": raised(Failure(f"busy {SURROGATE}"), "busy \\ud800"),
    "failure-nan": raised(Failure("busy", variables={"score": NAN}), "Variable 'score'"),
    "failure-retries": raised(Failure("busy", retries=-1), "retries"),
    "failure-retry-in": raised(Failure("busy", retry_in=NAN), "busy"),
    "failure-half": raised(Uninitialised(), "half a failure"),
    "value-error": raised(ValueError("bad"), "ValueError: bad"),
    "silent-error": raised(Silent(), "Silent: <its str() fails>"),
    "exit": Outcome(lambda: sys.exit(3), "failure", "SystemExit: 3"),
    "interrupt": raised(KeyboardInterrupt(), "KeyboardInterrupt"),
    "generator-exit": raised(GeneratorExit(), "GeneratorExit"),
    "base": raised(BaseException("base"), "BaseException: base"),
    "cancelled": raised(asyncio.CancelledError("cancelled"), "CancelledError"),
    "recursion": raised(RecursionError("too deep"), "RecursionError: too deep"),
    "memory": raised(MemoryError("no memory"), "MemoryError: no memory"),
}
