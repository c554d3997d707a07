"""Rights for some definitions and tenants: by grants, authorizations of Camunda 7, membership; and whose task it is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from baton.model.identity import Grant, HolderKind, Role, User, UserGroup
from baton.service import Engine, Resource
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.diagrams import flow, process
from tests.web.signed import PASSWORD, Signed, use_key, use_person


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


@pytest.fixture
def admin(guarded: Flask, engine: Engine) -> Signed:
    return use_key(guarded, engine, Role.ADMINISTRATOR)


@pytest.fixture
def running(api: Api) -> dict[str, str]:
    """Instances of two processes, by their keys."""
    api.deploy("work", "person")
    return {key: api.start(key) for key in ("work", "person")}


# -- by definition


def test_a_grant_for_one_definition_shows_that_one(guarded: Flask, engine: Engine, running: dict[str, str]) -> None:
    anna = use_person(guarded, engine, "anna")
    engine.grants.create(
        Grant(id="", holder_kind=HolderKind.USER, holder="anna", roles=(Role.OPERATOR,), definitions=("work",))
    )

    assert anna.list_ids("/process-instance") == [running["work"]]
    assert [item["key"] for item in anna.ask("GET", "/process-definition").json] == ["work"]
    assert anna.ask("GET", f"/process-instance/{running['person']}").status_code == 404
    assert anna.ask("GET", "/task").json == []
    assert anna.ask("PUT", f"/process-instance/{running['work']}/suspended", {"suspended": True}).status_code == 204


def test_what_somebody_may_see_but_not_change_is_refused_and_says_what_is_missing(
    guarded: Flask, engine: Engine, running: dict[str, str]
) -> None:
    engine.accounts.create_group(UserGroup(id="night"))
    anna = use_person(guarded, engine, "anna", Role.VIEWER, groups=("night",))
    engine.grants.create(
        Grant(id="", holder_kind=HolderKind.GROUP, holder="night", roles=(Role.OPERATOR,), definitions=("work",))
    )

    assert anna.ask("PUT", f"/process-instance/{running['work']}/suspended", {"suspended": True}).status_code == 204
    refused = anna.ask("PUT", f"/process-instance/{running['person']}/suspended", {"suspended": True})

    assert refused.status_code == 403
    assert refused.json["message"] == (
        f"Expected a caller who may 'process-instance:update' '{running['person']}' (process 'person', no tenant), "
        "but 'anna' has no grant for it"
    )
    assert sorted(anna.list_ids("/process-instance")) == sorted(running.values())


def test_a_modeler_of_one_process_deploys_no_other(guarded: Flask, engine: Engine) -> None:
    token, key = engine.accounts.create_key("ci", ())
    engine.grants.create(
        Grant(id="", holder_kind=HolderKind.KEY, holder=key.id, roles=(Role.MODELER,), definitions=("work",))
    )
    ci = Api(guarded.test_client())
    ci.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    assert ci.deploy("work")["deployedProcessDefinitions"]
    assert "has no grant" in ci.deploy("person", expect=403)["message"]
    assert "has no grant" in ci.deploy("work", "person", expect=403)["message"]


# -- by tenant


def test_a_definition_of_no_tenant_is_shared_and_its_instance_belongs_to_who_starts_it(
    api: Api, guarded: Flask, engine: Engine
) -> None:
    api.deploy("work")
    acme, globex = (use_key(guarded, engine, Role.OPERATOR, Role.WORKER, tenants=[name]) for name in ("acme", "globex"))

    started = acme.ask("POST", "/process-definition/key/work/start", {}).json

    assert started["tenantId"] == "acme"
    assert acme.list_ids("/process-instance") == [started["id"]]
    assert globex.list_ids("/process-instance") == []
    fetch = {"workerId": "w", "maxTasks": 5, "topics": [{"topicName": "work", "lockDuration": 1000}]}
    assert globex.ask("POST", "/external-task/fetchAndLock", fetch).json == []
    assert len(acme.ask("POST", "/external-task/fetchAndLock", fetch).json) == 1
    definition = acme.list_ids("/process-definition")[0]
    assert acme.ask("DELETE", f"/process-definition/{definition}").status_code == 403


def test_a_worker_gets_tasks_behind_many_of_another_tenant(api: Api, guarded: Flask, engine: Engine) -> None:
    api.deploy("work")
    definition = engine.definitions.get_latest("work").id
    for _ in range(6):
        engine.starts.start(definition, tenant_id="globex")
    engine.starts.start(definition, tenant_id="acme")
    acme = use_key(guarded, engine, Role.WORKER, tenants=["acme"])

    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 1000}]}
    found = acme.ask("POST", "/external-task/fetchAndLock", fetch).json

    assert [task["tenantId"] for task in found] == ["acme"]


def test_messages_and_signals_reach_the_own_tenant_only(api: Api, guarded: Flask, engine: Engine) -> None:
    api.deploy("waiting")
    definition = engine.definitions.get_latest("waiting").id
    instances = {name: engine.starts.start(definition, tenant_id=name).id for name in ("acme", "globex")}
    globex = use_key(guarded, engine, Role.OPERATOR, tenants=["globex"])
    name = api.get("/event-subscription", processInstanceId=instances["acme"], eventType="message")[0]["eventName"]

    answer = globex.ask("POST", "/message", {"messageName": name, "resultEnabled": True, "all": True})

    assert [item["execution"]["processInstanceId"] for item in answer.json] == [instances["globex"]]


def test_a_signal_that_an_instance_throws_reaches_nothing_of_another_tenant(api: Api, engine: Engine) -> None:
    ids = {name: deploy_signals(api, engine, name) for name in ("acme", "globex")}
    waiting = {name: engine.starts.start(ids[name]["hears"]).id for name in ids}

    engine.starts.start(ids["acme"]["throws"])
    engine.outbox.dispatch()

    states = {name: engine.instances.get(waiting[name]).state.value for name in ids}
    assert states == {"acme": "completed", "globex": "active"}


def deploy_signals(api: Api, engine: Engine, tenant: str) -> dict[str, str]:
    """Definitions of a tenant that wait for a signal, and throw it."""
    signal, event = '<bpmn:signal id="S" name="Bell"/>', '<bpmn:signalEventDefinition signalRef="S"/>'
    kinds = {"hears": "intermediateCatchEvent", "throws": "intermediateThrowEvent"}
    found: dict[str, str] = {}
    for key, kind in kinds.items():
        body = f'<bpmn:startEvent id="Start"/><bpmn:{kind} id="Bell">{event}</bpmn:{kind}><bpmn:endEvent id="End"/>'
        model = process(key, body + flow(1, "Start", "Bell") + flow(2, "Bell", "End"), signal)
        resource = Resource(name=f"{key}.bpmn", content=model.encode())
        engine.deployments.deploy(key, [resource], tenant_id=tenant)
        found[key] = engine.definitions.get_latest(key, tenant).id
    return found


def test_a_workers_key_sees_only_the_variables_that_it_may(api: Api, guarded: Flask, engine: Engine) -> None:
    api.deploy("work")
    api.start("work", amount=12, iban="DE02")
    worker = use_key(guarded, engine, Role.WORKER, variables=["amount"])

    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 1000}]}
    found = worker.ask("POST", "/external-task/fetchAndLock", fetch).json

    assert list(found[0]["variables"]) == ["amount"]


# -- whose task it is


@pytest.fixture
def tasks(api: Api) -> dict[str, str]:
    """Tasks by what they are for Anna: hers, one that she may claim, and one of others."""
    api.deploy("person")
    found: dict[str, str] = {}
    for name, assignee, group in (("own", "anna", None), ("group", None, "desk"), ("other", "ben", None)):
        instance = api.start("person")
        task = api.get("/task", processInstanceId=instance)[0]
        for link in api.get(f"/task/{task['id']}/identity-links"):
            api.post(f"/task/{task['id']}/identity-links/delete", link, 204)
        if assignee:
            api.post(f"/task/{task['id']}/assignee", {"userId": assignee}, 204)
        if group:
            api.post(f"/task/{task['id']}/identity-links", {"groupId": group, "type": "candidate"}, 204)
        found[name] = task["id"]
    return found


@pytest.fixture
def anna(guarded: Flask, engine: Engine) -> Signed:
    engine.accounts.create_group(UserGroup(id="desk"))
    return use_person(guarded, engine, "anna", Role.TASK_USER, groups=("desk",))


def test_somebody_who_does_tasks_sees_the_own_and_those_to_claim(anna: Signed, tasks: dict[str, str]) -> None:
    assert sorted(anna.list_ids("/task")) == sorted([tasks["own"], tasks["group"]])
    assert anna.ask("GET", "/task/count").json == {"count": 2}
    assert anna.ask("GET", f"/task/{tasks['other']}").status_code == 404
    assert anna.ask("POST", f"/task/{tasks['other']}/complete", {}).status_code == 404
    assert anna.ask("GET", "/task?assignee=ben").json == []


def test_nobody_acts_in_the_name_of_another_without_the_right_to(anna: Signed, tasks: dict[str, str]) -> None:
    claim = f"/task/{tasks['group']}/claim"
    refused = anna.ask("POST", claim, {"userId": "ben"})
    assert refused.status_code == 403
    assert "to act for others takes 'task:update'" in refused.json["message"]

    assert anna.ask("POST", claim, {}).status_code == 204
    assert anna.ask("GET", f"/task/{tasks['group']}").json["assignee"] == "anna"
    assert anna.ask("POST", f"/task/{tasks['group']}/assignee", {"userId": "ben"}).status_code == 403
    assert anna.ask("POST", f"/task/{tasks['group']}/complete", {}).status_code == 204


def test_a_candidate_does_not_do_what_another_has_claimed(api: Api, anna: Signed, tasks: dict[str, str]) -> None:
    api.post(f"/task/{tasks['group']}/claim", {"userId": "ben"}, 204)
    for action in ("complete", "unclaim", "submit-form", "bpmnError"):
        refused = anna.ask("POST", f"/task/{tasks['group']}/{action}", {"errorCode": "x"})
        assert (refused.status_code, "assigned to 'ben'" in refused.text) == (403, True), action


# -- Camunda 7's routes


def test_an_authorization_is_a_grant(admin: Signed, guarded: Flask, engine: Engine, running: dict[str, str]) -> None:
    anna = use_person(guarded, engine, "anna")
    body = {
        "type": 1,
        "permissions": ["READ", "READ_INSTANCE"],
        "userId": "anna",
        "groupId": None,
        "resourceType": 6,
        "resourceId": "work",
    }
    made = admin.ask("POST", "/authorization/create", body).json

    assert {name: made[name] for name in body} == body
    assert admin.ask("GET", f"/authorization/{made['id']}").json == made
    assert admin.ask("GET", "/authorization?userIdIn=anna&resourceType=6").json == [made]
    assert admin.ask("GET", "/authorization/count?resourceId=other").json == {"count": 0}
    assert anna.list_ids("/process-instance") == [running["work"]]
    check = (
        "/authorization/check?permissionName=READ_INSTANCE&resourceName=PROCESS_DEFINITION&resourceType=6&resourceId="
    )
    assert [anna.ask("GET", check + key).json["authorized"] for key in ("work", "person", "*")] == [True, False, False]
    assert admin.ask("GET", check + "work&userId=anna").json["authorized"] is True
    assert anna.ask("GET", check + "work&userId=ben").status_code == 403

    changed = {**body, "resourceId": "*"}
    assert admin.ask("PUT", f"/authorization/{made['id']}", changed).status_code == 204
    assert len(anna.list_ids("/process-instance")) == 2
    assert admin.ask("DELETE", f"/authorization/{made['id']}").status_code == 204
    assert anna.ask("GET", "/process-instance").status_code == 403


def test_what_is_revoked_is_taken_from_what_a_role_gives(
    admin: Signed, guarded: Flask, engine: Engine, running: dict[str, str]
) -> None:
    anna = use_person(guarded, engine, "anna", Role.VIEWER)
    body = {"type": 2, "permissions": ["READ_INSTANCE"], "userId": "anna", "resourceType": 6, "resourceId": "person"}
    assert admin.ask("POST", "/authorization/create", body).status_code == 200
    assert anna.list_ids("/process-instance") == [running["work"]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"permissions": ["RETRY_JOB"]}, "but found RETRY_JOB"),
        ({"resourceType": 99}, "but found 99"),
        ({"groupId": "g"}, "exactly one of userId and groupId"),
        ({"resourceType": 7, "resourceId": "some-task"}, "by the key of their process definition"),
    ],
)
def test_an_authorization_that_baton_cannot_keep_is_refused(admin: Signed, change: dict[str, Any], told: str) -> None:
    body = {"type": 1, "permissions": ["READ"], "userId": "anna", "resourceType": 6, "resourceId": "*"}
    answer = admin.ask("POST", "/authorization/create", {**body, **change})
    assert (answer.status_code, told in answer.json["message"]) == (400, True), answer.text
    assert admin.ask("GET", "/authorization").json == []


def test_tenants_and_their_members(admin: Signed, guarded: Flask, engine: Engine) -> None:
    anna = use_person(guarded, engine, "anna", Role.VIEWER)
    assert admin.ask("POST", "/tenant/create", {"id": "acme", "name": "Acme"}).status_code == 204
    assert admin.ask("POST", "/tenant/create", {"id": "acme"}).status_code == 409
    assert admin.ask("GET", "/tenant/acme").json == {"id": "acme", "name": "Acme"}
    assert admin.ask("PUT", "/tenant/acme/user-members/anna").status_code == 204
    assert admin.ask("PUT", "/tenant/other/user-members/anna").status_code == 404

    assert admin.ask("GET", "/tenant?userMember=anna").json == [{"id": "acme", "name": "Acme"}]
    assert admin.ask("GET", "/tenant/count?nameLike=Z%25").json == {"count": 0}
    assert anna.ask("GET", "/me").json["areas"][0]["tenantIds"] == ["acme"]
    assert admin.ask("DELETE", "/tenant/acme").status_code == 409
    assert admin.ask("DELETE", "/tenant/acme/user-members/anna").status_code == 204
    assert admin.ask("DELETE", "/tenant/acme").status_code == 204


def test_the_password_policy_says_what_passwords_must_be_like(admin: Signed) -> None:
    assert admin.ask("GET", "/identity/password-policy").json["rules"][0]["parameter"]["minLength"] == "12"
    checks = [admin.ask("POST", "/identity/password-policy", {"password": text}).json for text in ("short", PASSWORD)]
    assert [check["valid"] for check in checks] == [False, True]


def test_grants_are_listed_and_deleted(admin: Signed) -> None:
    body = {"keyId": "k", "roles": ["viewer"], "processDefinitionKeys": ["work"], "tenantIds": [""]}
    made = admin.ask("POST", "/grant/create", body).json
    assert admin.ask("GET", "/grant").json == [made]
    assert admin.ask("POST", "/grant/create", {"keyId": "k"}).status_code == 400
    assert admin.ask("POST", "/grant/create", {"keyId": "k", "permissions": ["x:y"]}).status_code == 400
    assert admin.ask("DELETE", f"/grant/{made['id']}").status_code == 204
    assert admin.ask("DELETE", f"/grant/{made['id']}").status_code == 404


PAID = process(
    "paid",
    '<bpmn:startEvent id="Start"><bpmn:messageEventDefinition messageRef="M"/></bpmn:startEvent>'
    '<bpmn:userTask id="Look"/>' + flow(1, "Start", "Look"),
    '<bpmn:message id="M" name="paid"/>',
)


def list_businesses(api: Api) -> list[tuple[str, str]]:
    return sorted((item["businessKey"], item["tenantId"]) for item in api.get("/process-instance"))


@pytest.mark.parametrize("names_tenant", [False, True])
def test_the_id_of_a_message_is_one_of_its_tenant(guarded: Flask, engine: Engine, api: Api, names_tenant: bool) -> None:
    for tenant in ("acme", "globex"):
        engine.deployments.deploy(tenant, [Resource("paid.bpmn", PAID.encode())], tenant_id=tenant)
    whole = use_key(guarded, engine, Role.OPERATOR)
    for tenant in ("acme", "acme", "globex"):
        sender = whole if names_tenant else use_key(guarded, engine, Role.OPERATOR, tenants=[tenant])
        body = {"messageName": "paid", "messageId": "m-1", "businessKey": f"of-{tenant}"}
        answer = sender.ask("POST", "/message", {**body, "tenantId": tenant} if names_tenant else body)
        assert answer.status_code == 204, answer.text

    assert list_businesses(api) == [("of-acme", "acme"), ("of-globex", "globex")]


# -- batches


def test_a_batch_of_another_caller_with_limited_rights_is_as_if_it_were_not_there(
    guarded: Flask, engine: Engine, running: dict[str, str]
) -> None:
    anna, bert = (use_person(guarded, engine, name) for name in ("anna", "bert"))
    for holder in ("anna", "bert"):
        grant = Grant(
            id="", holder_kind=HolderKind.USER, holder=holder, roles=(Role.ADMINISTRATOR,), definitions=("work",)
        )
        engine.grants.create(grant)
    body = {"processInstanceIds": [running["work"]], "suspended": True}
    refused = anna.ask("POST", "/process-instance/suspended-async", {**body, "processInstanceIds": [*running.values()]})
    batch = anna.ask("POST", "/process-instance/suspended-async", body).json["id"]
    paths = [
        ("GET", f"/batch/{batch}", None),
        ("GET", f"/history/batch/{batch}", None),
        ("GET", f"/batch/{batch}/failures", None),
        ("POST", f"/batch/{batch}/retry", {}),
        ("PUT", f"/batch/{batch}/suspended", {"suspended": True}),
        ("DELETE", f"/batch/{batch}", None),
    ]

    assert refused.status_code == 404, "the other instance is out of reach"
    assert bert.list_ids("/batch") == []
    for method, path, sent in paths:
        missing = bert.ask(method, path.replace(batch, "nothing"), sent)
        foreign = bert.ask(method, path, sent)
        assert foreign.status_code == missing.status_code >= 400, path
        assert foreign.text.replace(batch, "nothing") == missing.text
    assert anna.list_ids("/batch") == [batch]
    assert [path for method, path, sent in paths if anna.ask(method, path, sent).status_code >= 300] == []


def test_definitions_are_listed_by_whether_the_caller_may_start_them(
    guarded: Flask, engine: Engine, running: dict[str, str]
) -> None:
    anna = use_person(guarded, engine, "anna", Role.VIEWER)
    engine.grants.create(
        Grant(id="", holder_kind=HolderKind.USER, holder="anna", roles=(Role.STARTER,), definitions=("work",))
    )
    path = "/process-definition"
    assert [item["key"] for item in anna.ask("GET", f"{path}?startablePermissionCheck=true").json] == ["work"]
    assert anna.ask("GET", f"{path}/count?startablePermissionCheck=true").json == {"count": 1}
    assert anna.ask("GET", f"{path}?startablePermissionCheck=true&firstResult=1").json == []
    assert len(anna.ask("GET", path).json) == 2


def test_users_and_groups_are_listed_by_tenant(engine: Engine, admin: Signed) -> None:
    engine.accounts.create_group(UserGroup(id="night", tenants=("acme",)))
    engine.accounts.create_group(UserGroup(id="day"))
    engine.accounts.create_user(User(id="anna", tenants=("acme",)), PASSWORD)
    engine.accounts.create_user(User(id="bert"), PASSWORD)
    assert admin.list_ids("/user?memberOfTenant=acme") == ["anna"]
    assert admin.list_ids("/group?memberOfTenant=acme") == ["night"]
    assert admin.list_ids("/user?memberOfTenant=other") == []
