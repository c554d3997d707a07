"""Processes of a deployment become active at a moment that it names."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.service import Engine
from baton.web.times import format_date
from tests.service.conftest import Clock
from tests.web import diagrams
from tests.web.conftest import Api

pytestmark = pytest.mark.usefixtures("clock")

HOUR = 3_600_000


def deploy(api: Api, moment: str | None, name: str = "work", expect: int = 0) -> Any:
    data: dict[str, Any] = {f"{name}.bpmn": (io.BytesIO(diagrams.BY_NAME[name].encode()), f"{name}.bpmn")}
    if moment is not None:
        data["deployment-activation-time"] = moment
    return api.call("POST", "/deployment/create", expect, data=data, content_type="multipart/form-data")


def test_a_process_is_suspended_until_its_deployment_is_to_be_active(api: Api, engine: Engine, clock: Clock) -> None:
    moment = str(format_date(clock.now + HOUR))

    [shown] = deploy(api, moment)["deployedProcessDefinitions"].values()

    assert shown["suspended"] is True
    assert "suspended" in api.post("/process-definition/key/work/start", {}, 500)["message"]
    [job] = api.get("/job")
    assert (job["dueDate"], job["suspended"], job["processDefinitionId"]) == (moment, False, shown["id"])
    clock.now += HOUR // 2
    engine.run_due()
    assert api.get("/process-definition/key/work")["suspended"] is True
    clock.now += HOUR // 2
    engine.run_due()
    assert api.get("/process-definition/key/work")["suspended"] is False
    assert api.get("/job") == []
    api.start("work")


def test_a_version_that_was_followed_is_activated_too(api: Api, engine: Engine, clock: Clock) -> None:
    [first] = deploy(api, str(format_date(clock.now + HOUR)))["deployedProcessDefinitions"]
    deploy(api, None)
    api.start("work")

    clock.now += HOUR
    engine.run_due()

    assert api.get(f"/process-definition/{first}")["suspended"] is False


def test_a_moment_that_has_passed_counts_as_none(api: Api, clock: Clock) -> None:
    [shown] = deploy(api, str(format_date(clock.now - HOUR)))["deployedProcessDefinitions"].values()

    assert shown["suspended"] is False
    assert api.get("/job") == []
    deploy(api, "tomorrow", expect=400)


def test_an_operator_activates_earlier_by_the_job(api: Api, clock: Clock) -> None:
    deploy(api, str(format_date(clock.now + HOUR)))
    [job] = api.get("/job")

    api.post(f"/job/{job['id']}/duedate/recalculate", expect=500)
    api.post(f"/job/{job['id']}/execute", {}, 204)

    assert api.get("/process-definition/key/work")["suspended"] is False
    assert api.get("/job") == []


def test_a_deployment_that_is_deleted_leaves_no_job(api: Api, engine: Engine, clock: Clock) -> None:
    deployed = deploy(api, str(format_date(clock.now + HOUR)))

    api.delete(f"/deployment/{deployed['id']}", 204)
    clock.now += HOUR
    engine.run_due()

    assert api.get("/job") == []
