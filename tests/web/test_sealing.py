"""``POST /encryption/seal``: part by part, by administrators, where there are keys."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest

from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.web.conftest import Api

KEYS = [f"{number}:{b64encode(bytes([number]) * 32).decode()}" for number in (1, 2)]
Open = Callable[[str], tuple[Engine, Api]]


@pytest.fixture
def open_api(valkey: str) -> Iterator[Open]:
    opened: list[Engine] = []

    def open_one(keys: str) -> tuple[Engine, Api]:
        engine = assemble(Settings(redis_url=valkey, partitions=2, encryption_keys=keys))
        opened.append(engine)
        return engine, Api(create_app(engine, WebSettings(hosts=None)).test_client())

    yield open_one
    for engine in opened:
        engine.close()


def test_the_parts_end_and_nothing_is_left_to_do(open_api: Open) -> None:
    _, before = open_api(KEYS[0])
    before.deploy("work")
    instance = before.start("work", secret="x")
    _, api = open_api(f"{KEYS[1]},{KEYS[0]}")

    part = first = api.post("/encryption/seal")
    while part["cursor"] is not None:
        part = api.post("/encryption/seal", {"cursor": part["cursor"]})
    again = api.post("/encryption/seal")

    assert (part["done"], part["total"]) == (4, 4)
    assert first["sealed"] > 5
    assert again["sealed"] == 0
    _, after = open_api(KEYS[1])
    assert after.get(f"/process-instance/{instance}/variables")["secret"]["value"] == "x"


def test_without_keys_and_for_a_wrong_cursor_it_is_refused(open_api: Open) -> None:
    _, plain = open_api("")
    _, sealed = open_api(KEYS[0])

    assert "BATON_ENCRYPTION_KEYS" in plain.post("/encryption/seal", expect=409)["message"]
    for cursor in ("x", "9:0", "0:", "-1:0"):
        assert "Expected a cursor" in sealed.post("/encryption/seal", {"cursor": cursor}, 400)["message"]
