"""Which requests are for the processes of live streams."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from baton.web import OpenApart, is_stream
from baton.web.resources import GROUPS


def make_environ(path: str, method: str = "GET", accept: str = "") -> dict[str, str]:
    return {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_ACCEPT": accept}


def test_all_routes_that_stream_are_known_and_no_others() -> None:
    routes = [route for group in GROUPS for route in group.declared]
    asked = {
        route.full_rule: is_stream(make_environ(re.sub(r"<[^>]+>", "x", route.full_rule), route.method))
        for route in routes
    }
    streams = {route.full_rule for route in routes if route.media == "text/event-stream"}
    assert {rule for rule, found in asked.items() if found} == streams
    assert len(streams) == 2


@pytest.mark.parametrize(("accept", "streams"), [("text/event-stream", True), ("application/json", False)])
def test_published_events_are_streamed_when_that_is_asked_for(accept: str, streams: bool) -> None:
    assert is_stream(make_environ("/engine-rest/published", accept=accept)) is streams


def test_the_alias_of_the_default_engine_is_known() -> None:
    assert is_stream(make_environ("/engine-rest/engine/default/stream"))
    assert not is_stream(make_environ("/stream"))


def test_processes_that_say_nothing_are_not_counted(tmp_path: Path) -> None:
    apart = OpenApart(tmp_path / "s")
    assert apart.read() == (0, 0)
    apart.note(0, 3)
    apart.note(1, 4)
    assert apart.read() == (2, 7)
    apart.clear()
    assert apart.read() == (0, 0)
