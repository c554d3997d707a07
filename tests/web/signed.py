"""Somebody who has signed in, by a key or with a password."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from flask import Flask

from baton.model.identity import Role, User
from baton.service import Engine

PASSWORD = "correct horse battery"


class Signed:
    """Asks in the name of somebody."""

    def __init__(self, app: Flask, headers: dict[str, str]) -> None:
        self._client, self._headers = app.test_client(), headers

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self._client.open(f"/engine-rest{path}", method=method, json=body, headers=self._headers)

    def list_ids(self, path: str) -> list[str]:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json]


def use_key(app: Flask, engine: Engine, *roles: Role, **more: Any) -> Signed:
    token, _ = engine.accounts.create_key("key", roles, **more)
    return Signed(app, {"Authorization": f"Bearer {token}"})


def use_person(app: Flask, engine: Engine, name: str, *roles: Role, groups: tuple[str, ...] = ()) -> Signed:
    engine.accounts.create_user(User(id=name, roles=roles, groups=groups), PASSWORD)
    proof = b64encode(f"{name}:{PASSWORD}".encode()).decode()
    return Signed(app, {"Authorization": f"Basic {proof}"})
