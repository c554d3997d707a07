"""Every route × every role × own and foreign tenant, from the table of docs/reference/permissions.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.store.server import start_server
from baton.web import WebSettings, create_app
from baton.web.routes.declaration import ANYBODY, BASE, SIGNED_IN, Declaration
from scripts.permissions_page import list_routes, may_use
from tests.web.tenants import CANARY, FOREIGN, OWN, Things, make_headers, make_things
from tests.web.test_permissions import STREAMS

WAITING = (*STREAMS, "/process-instance/<id>/result")
"""Routes that wait for what is to come."""

BODY: dict[str, Any] = {
    "workerId": "w",
    "userId": "u",
    "groupId": "g",
    "type": "candidate",
    "value": 1,
    "variables": {},
    "modifications": {},
    "retries": 1,
    "priority": 1,
    "newDuration": 1000,
    "lockDuration": 1000,
    "errorCode": "e",
    "errorMessage": "e",
    "escalationCode": "e",
    "annotation": "a",
    "suspended": True,
    "duedate": "2030-01-01T00:00:00.000+0000",
    "historyTimeToLive": 1,
    "results": {"r": {"value": 1}},
    "instructions": [{"type": "cancel", "activityId": "Work"}],
    "bpmn": "x",
    "version": 1,
}
"""What the bodies of all routes with an id need, so that none is refused for its form."""
FORMS = ("/data", "/deployed-start-form", "/deployed-form")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Flask, Things, Things]]:
    """An engine with two tenants, its application with sign-in, and what each of the two has."""
    folder = tmp_path_factory.mktemp("v")
    server = start_server(folder, folder / "s", fsync="no")
    engine = assemble(Settings(redis_url=server.url, partitions=4, clock=lambda: 1_800_000_000_000))
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required", max_long_poll_ms=1))
    whole = create_app(engine, WebSettings(hosts=None))
    yield engine, guarded, *(make_things(whole, guarded, engine, tenant) for tenant in (OWN, FOREIGN))  # pyright: ignore
    engine.close()
    server.stop()


def ask(client: FlaskClient, method: str, path: str, headers: dict[str, str]) -> Any:
    body = None if method in ("GET", "DELETE") or path.endswith(FORMS) else BODY
    return client.open(BASE + path, method=method, headers=headers, json=body)


def list_for(role: Role) -> list[Declaration]:
    return [route for route in list_routes() if may_use(role, route) and route.needs not in (ANYBODY, SIGNED_IN)]


def shorten(route: Declaration) -> str:
    return route.full_rule.removeprefix(BASE)


@pytest.mark.parametrize("role", Role)
def test_what_another_tenant_has_is_answered_like_what_there_is_not(
    shared: tuple[Engine, Flask, Things, Things], role: Role
) -> None:
    engine, guarded, _, foreign = shared
    client, headers = guarded.test_client(), make_headers(engine, [role], OWN)
    missing = Things("nobody", {start: make_missing(id_) for start, id_ in foreign.ids.items()})
    wrong: list[str] = []
    for route in list_for(role):
        there, gone = foreign.fill(shorten(route)), missing.fill(shorten(route))
        if there is None or gone is None or route.whole:
            continue
        found, absent = ask(client, route.method, there, headers), ask(client, route.method, gone, headers)
        told = {hide_ids(found.text, foreign), hide_ids(absent.text, missing)}
        if found.status_code != absent.status_code or found.status_code < 400 or len(told) > 1:
            wrong.append(f"{route.method} {there}: {found.status_code} {found.text[:200]} {absent.text[:200]}")
    assert wrong == []


def make_missing(id_: str) -> str:
    """An id of the same form that nothing has."""
    head, separator, tail = id_.partition("-")
    if len(head) == 16 and separator:
        return f"{'0' * 16}-{tail}"
    return id_.replace(id_[-8:], "00000000") if len(id_) > 12 else id_ + "0"


def hide_ids(text: str, things: Things) -> str:
    for id_ in sorted({*things.ids.values(), things.tenant}, key=len, reverse=True):
        text = text.replace(id_.partition(".")[0] if "-" in id_[:18] else id_, "?")
    return text


@pytest.mark.parametrize("role", Role)
def test_no_list_and_no_count_tells_of_another_tenant(shared: tuple[Engine, Flask, Things, Things], role: Role) -> None:
    engine, guarded, own, _ = shared
    client = guarded.test_client()
    limited, unlimited = make_headers(engine, [role], OWN), make_headers(engine, [role])
    wrong: list[str] = []
    for route in list_for(role):
        reads = route.method == "GET" or (route.method == "POST" and not route.changes and "/<" not in route.rule)
        path = own.fill(shorten(route)) or shorten(route)
        if not reads or route.whole or shorten(route) in WAITING or "<" in path or path.startswith("/api-key"):
            continue
        mine, all_ = read(client, route, path, limited), read(client, route, path, unlimited)
        if FOREIGN in mine.text:
            wrong.append(f"{route.method} {path} tells of another tenant: {mine.text[:200]}")
        elif path in (shorten(route), "") and is_halved(path) and mine.text != half(all_.text):
            wrong.append(f"{route.method} {path}: {mine.status_code} {mine.text[:200]} of {all_.text[:100]}")
        elif path != shorten(route) and (mine.status_code, mine.text) != (all_.status_code, all_.text):
            wrong.append(f"{route.method} {path}: {mine.status_code} {mine.text[:200]} {all_.text[:200]}")
        elif f"{CANARY}-{OWN}" in all_.text and f"{CANARY}-{OWN}" not in mine.text:
            wrong.append(f"{route.method} {path} does not tell of the own tenant: {mine.status_code} {mine.text[:200]}")
    assert wrong == []


def read(client: FlaskClient, route: Declaration, path: str, headers: dict[str, str]) -> Any:
    return client.open(BASE + path, method=route.method, headers=headers, json=None if route.method == "GET" else {})


def is_halved(path: str) -> bool:
    """Both tenants have the same number of everything."""
    return path.endswith("/count")


def half(text: str) -> str:
    found = json.loads(text)
    return json.dumps({"count": found["count"] // 2}, separators=(",", ":"))


@pytest.mark.parametrize("role", Role)
def test_what_is_about_all_tenants_is_refused_to_who_is_for_one(
    shared: tuple[Engine, Flask, Things, Things], role: Role
) -> None:
    engine, guarded, _, _ = shared
    client, headers = guarded.test_client(), make_headers(engine, [role], OWN)
    whole = [route for route in list_for(role) if route.whole and shorten(route) not in STREAMS]
    answers = {
        shorten(route): ask(client, route.method, shorten(route).replace("<", "").replace(">", ""), headers).status_code
        for route in whole
    }
    assert {path: status for path, status in answers.items() if status != 403} == {}


def test_the_table_has_every_route_with_an_id() -> None:
    """A new resource is added to ``tenants.make_things``, or it is about all tenants."""
    things = Things(OWN, dict.fromkeys(KNOWN, "1"))
    left = {
        shorten(route)
        for route in list_routes()
        if "<" in route.rule and not route.whole and things.fill(shorten(route)) is None
    }
    assert {path for path in left if not path.startswith(("/batch/", "/history/batch/"))} == set()


KNOWN = (
    "/filter",
    "/process-instance",
    "/execution",
    "/history/process-instance",
    "/history/activity-instance",
    "/history/decision-instance",
    "/history/decision-requirements-definition",
    "/history/user-operation",
    "/history/external-task-log",
    "/history/job-log",
    "/history/detail",
    "/history/process-definition",
    "/history/variable-instance",
    "/job-definition",
    "/decision-requirements-definition",
    "/variable-instance",
    "/process-definition",
    "/decision-definition",
    "/deployment",
    "/draft",
    "/external-task",
    "/task",
    "/job",
    "/incident",
    "resource",
)


def test_metrics_and_status_need_rights_for_everything(shared: tuple[Engine, Flask, Things, Things]) -> None:
    engine, guarded, _, _ = shared
    client = guarded.test_client()
    assert client.get("/metrics", headers=make_headers(engine, [Role.VIEWER], OWN)).status_code == 403
    assert client.get("/metrics", headers=make_headers(engine, [Role.VIEWER])).status_code == 200
