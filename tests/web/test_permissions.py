"""Every route × every role, from the table of docs/reference/permissions.md."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from baton.model.identity import Role
from baton.service import SENSITIVE, Engine
from baton.service.identity.caller import OTHERS
from baton.service.identity.roles import ALL, MAY
from baton.web import WebSettings, create_app
from baton.web.routes.declaration import ANYBODY, SIGNED_IN
from scripts.permissions_page import PAGE, YES, list_routes, render

STREAMS = ("/stream", "/process-instance/<id>/stream", "/published")


def read_table() -> Iterator[tuple[str, str, str, list[str]]]:
    """Method, path, what is needed, the roles that may."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\| `(\w+) (/\S+)` \| `(\S+)` \|[^|]*\|(.*)\|$", line)
        if found:
            cells = [cell.strip() for cell in found[4].split("|")]
            yield found[1], found[2], found[3], [role for role, cell in zip(Role, cells, strict=True) if cell == YES]


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


def test_the_table_is_that_of_the_routes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == render(page), "run `make docs-permissions`"
    assert len(list(read_table())) == len(list_routes()) > 200


def test_every_permission_of_a_role_is_needed_by_a_route_and_the_other_way_round() -> None:
    needed = {route.needs for route in list_routes()} - {ANYBODY, SIGNED_IN}
    granted = {permission for permissions in MAY.values() for permission in permissions} - {ALL, OTHERS, SENSITIVE}
    assert granted - needed == set()
    administrators = ("identity:", "audit:", "system:update")
    assert {permission for permission in needed - granted if not permission.startswith(administrators)} == set()


@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_may_do_what_the_table_says_and_nothing_else(engine: Engine, guarded: Flask, role: Role | None) -> None:
    client = guarded.test_client()
    headers: dict[str, str] = {}
    if role is not None:
        headers["Authorization"] = f"Bearer {engine.accounts.create_key('key', [role])[0]}"
    wrong: list[str] = []
    for method, path, needs, roles in read_table():
        if path in STREAMS and role in roles:
            continue  # it would never end
        response = client.open("/engine-rest" + re.sub(r"<[^>]*>", "1", path), method=method, headers=headers)
        refused = 401 if role is None else 403
        may = needs == ANYBODY or role in roles
        if (response.status_code != refused) != may and not (may and path == "/first-administrator"):
            wrong.append(f"{method} {path}: {response.status_code} {response.text[:80]}")
    assert wrong == []


def test_health_is_for_everybody_and_metrics_are_not(engine: Engine, guarded: Flask) -> None:
    client = guarded.test_client()
    key, _ = engine.accounts.create_key("prometheus", [Role.VIEWER])

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code in (200, 503)
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 200
