"""``Idempotency-Key``: a repeated request has one effect."""

from __future__ import annotations

import pytest

from baton.model.errors import TooManyRequests
from baton.service import Engine
from tests.web.conftest import Api

START = "/process-definition/key/work/start"


@pytest.fixture(autouse=True)
def _deployed(api: Api) -> None:
    api.deploy("work")


def test_the_same_request_again_gets_the_same_answer_and_starts_nothing(api: Api) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = api.client.post(f"/engine-rest{START}", json={"businessKey": "A"}, headers=headers)
    again = api.client.post(f"/engine-rest{START}", json={"businessKey": "A"}, headers=headers)
    assert (again.status_code, again.data, again.mimetype) == (200, first.data, "application/json")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert api.get("/process-instance/count")["count"] == 1


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    headers = {"Idempotency-Key": "order-1"}
    api.post(START, {"businessKey": "A"}, headers=headers)
    refused = api.post(START, {"businessKey": "B"}, 422, headers=headers)
    assert "Idempotency-Key" in refused["message"]


def test_another_key_is_another_request(api: Api) -> None:
    for key in ("1", "2"):
        api.post(START, {}, headers={"Idempotency-Key": key})
    assert api.get("/process-instance/count")["count"] == 2


def test_a_refusal_is_repeated_too(api: Api) -> None:
    headers = {"Idempotency-Key": "k"}
    body = {"variables": {"a": {"value": "x", "type": "Integer"}}}
    first = api.post(START, body, 400, headers=headers)
    assert api.post(START, body, 400, headers=headers) == first


def test_a_request_that_was_one_too_many_is_not_kept(api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TooManyRequests("Expected at most 10 starts a second, but found more", retry_after=1)

    with monkeypatch.context() as patched:
        patched.setattr(engine.starts, "start", refuse)
        api.post(START, {}, 429, headers={"Idempotency-Key": "k"})
    api.post(START, {}, 200, headers={"Idempotency-Key": "k"})


def test_a_repeat_whose_first_answer_was_never_kept_still_starts_one_instance(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Idempotency-Key": "k"}
    with monkeypatch.context() as patched:
        patched.setattr(engine.idempotency, "finish", lambda *_: None)  # the process died before it was kept
        first = api.post(START, {}, headers=headers)["id"]
    response = api.client.post(f"/engine-rest{START}", json={}, headers=headers)
    assert response.status_code in (200, 409)
    assert [item["id"] for item in api.get("/process-instance")] == [first]


def test_a_key_that_is_too_long_is_refused(api: Api) -> None:
    assert "255" in api.post(START, {}, 400, headers={"Idempotency-Key": "x" * 256})["message"]
