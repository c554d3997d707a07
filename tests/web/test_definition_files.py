"""What the files of definitions tell of them: category, requirements; and which of them have incidents."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.service import Engine
from baton.service.core.bounded_cache import BoundedCache
from baton.service.deployments import file_heads
from baton.store import keys
from baton.store.file_heads import FIELD
from baton.store.operations import apply_ops
from tests.service.decisions import DISCOUNT, dmn, table
from tests.web import diagrams
from tests.web.conftest import Api

BILLS = diagrams.BY_NAME["work"].replace('targetNamespace="http://test"', 'targetNamespace="http://bills"')
SEVERAL = dmn(table("rate", ("-", "1")), table("reduction", ("-", "2")))


def deploy(api: Api, **files: str | bytes) -> Any:
    data = {
        name: (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name.replace("_", "."))
        for name, content in files.items()
    }
    return api.call("POST", "/deployment/create", 200, data=data, content_type="multipart/form-data")


def list_keys(api: Api, path: str = "/process-definition", **query: str) -> list[str]:
    found = [item["key"] for item in api.get(path, 0, **query)]
    assert api.get(f"{path}/count", 0, **query) == {"count": len(found)}
    return found


def forget_heads(engine: Engine, deployment_id: str) -> None:
    """Make it a deployment of a release that did not write them."""
    resources = keys.name_resources(deployment_id)
    apply_ops(engine.store.backend, resources, [["HDEL", resources, FIELD]])


def test_the_category_of_a_process_is_the_namespace_of_its_file(api: Api) -> None:
    api.deploy("person")
    deployed = deploy(api, work_bpmn=BILLS)

    (shown,) = deployed["deployedProcessDefinitions"].values()
    assert shown["category"] == "http://bills"
    assert api.get(f"/process-definition/{shown['id']}")["category"] == "http://bills"
    assert list_keys(api, category="http://bills") == ["work"]
    assert list_keys(api, category="http://test") == ["person"]
    assert list_keys(api, category="http://other") == []
    assert list_keys(api, categoryLike="%bill%") == ["work"]
    assert list_keys(api, categoryLike="http%", sortBy="category", sortOrder="desc") == ["person", "work"]
    statistics = api.get("/process-definition/statistics")
    assert sorted(each["definition"]["category"] for each in statistics) == ["http://bills", "http://test"]


def test_a_list_parses_no_file(api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(api, work_bpmn=BILLS, several_dmn=SEVERAL)

    def refuse(content: bytes) -> None:
        raise AssertionError(f"a file was read: {content[:30]!r}")

    monkeypatch.setattr(file_heads, "read_head", refuse)
    monkeypatch.setattr("baton.service.deployments.library.bpmn.read_checked", refuse)
    # Another process, which has nothing in memory.
    engine.definitions.heads._known = BoundedCache(1_000)  # pyright: ignore[reportPrivateUsage]

    assert list_keys(api, categoryLike="%bills") == ["work"]
    assert list_keys(api, "/decision-definition", category="n") == ["rate", "reduction"]
    assert list_keys(api, "/decision-requirements-definition") == ["d"]


def test_what_an_earlier_release_has_deployed_has_its_category_too(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = deploy(api, work_bpmn=BILLS, several_dmn=SEVERAL)["id"]
    forget_heads(engine, id_)
    engine.definitions.heads._known.drop(id_)  # pyright: ignore[reportPrivateUsage]

    assert list_keys(api, category="http://bills") == ["work"]
    # Of the same deployment, asked for later.
    assert list_keys(api, "/decision-requirements-definition", category="n") == ["d"]

    engine.definitions.heads._known.drop(id_)  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(file_heads, "read_head", None)
    assert list_keys(api, category="http://bills") == ["work"]
    assert list_keys(api, "/decision-definition", category="n") == ["rate", "reduction"]


def test_a_definition_whose_file_is_gone_is_listed_without_a_category(api: Api, engine: Engine) -> None:
    id_ = deploy(api, work_bpmn=BILLS)["id"]
    resources = keys.name_resources(id_)
    apply_ops(engine.store.backend, resources, [["DEL", resources]])
    engine.definitions.heads._known.drop(id_)  # pyright: ignore[reportPrivateUsage]

    assert [(each["key"], each["category"]) for each in api.get("/process-definition")] == [("work", None)]
    assert engine.store.backend.read([("EXISTS", resources)]) == [0]


def test_what_the_files_tell_goes_with_the_deployment(api: Api, engine: Engine) -> None:
    id_ = deploy(api, work_bpmn=BILLS)["id"]
    resources = keys.name_resources(id_)
    assert FIELD.encode() in engine.store.backend.read([("HKEYS", resources)])[0]

    api.delete(f"/deployment/{id_}", 204)

    assert engine.store.backend.read([("EXISTS", resources)]) == [0]
    engine.store.library.heads.write(id_, {})
    assert engine.store.backend.read([("EXISTS", resources)]) == [0]


def test_definitions_are_found_by_their_incidents(api: Api) -> None:
    api.deploy("work", "person")
    instance = api.start("work")
    api.start("person")
    (task,) = api.fetch()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "no paper", "retries": 0}, 204)
    (incident,) = api.get("/incident", processInstanceId=instance)

    assert list_keys(api, incidentId=incident["id"]) == ["work"]
    assert list_keys(api, incidentType="failedExternalTask") == ["work"]
    assert list_keys(api, incidentMessage="no paper", key="work") == ["work"]
    assert list_keys(api, incidentMessageLike="%paper", sortBy="key", sortOrder="asc", maxResults="1") == ["work"]
    assert list_keys(api, incidentMessageLike="%ink%") == []
    assert list_keys(api, incidentId=incident["id"], key="person") == []
    assert list_keys(api, incidentType="failedExternalTask", processDefinitionIdIn="another") == []
    assert list_keys(api, incidentType="failedExternalTask", startablePermissionCheck="true") == ["work"]


def test_decisions_are_found_by_the_file_in_which_they_require_each_other(api: Api) -> None:
    deployed = deploy(api, several_dmn=SEVERAL, alone_dmn=DISCOUNT)
    [file] = api.get("/decision-requirements-definition")
    path = "/decision-definition"

    assert file["category"] == "n"
    assert list_keys(api, path, decisionRequirementsDefinitionId=file["id"]) == ["rate", "reduction"]
    assert list_keys(api, path, decisionRequirementsDefinitionKey="d") == ["rate", "reduction"]
    assert list_keys(api, path, decisionRequirementsDefinitionKey="e") == []
    assert list_keys(api, path, withoutDecisionRequirementsDefinition="true") == ["discount"]
    shown = {
        each["key"]: (each["decisionRequirementsDefinitionId"], each["decisionRequirementsDefinitionKey"])
        for each in api.get(path)
    }
    assert shown == {"rate": (file["id"], "d"), "reduction": (file["id"], "d"), "discount": (None, None)}
    assert api.get(f"{path}/key/rate")["decisionRequirementsDefinitionId"] == file["id"]
    at_once = deployed["deployedDecisionDefinitions"].values()
    assert {each["key"]: each["decisionRequirementsDefinitionId"] for each in at_once} == {
        key: of[0] for key, of in shown.items()
    }


def test_the_files_themselves_are_found_by_category(api: Api) -> None:
    deploy(api, several_dmn=SEVERAL)

    assert list_keys(api, "/decision-requirements-definition", categoryLike="n%") == ["d"]
    assert list_keys(api, "/decision-requirements-definition", category="m") == []
