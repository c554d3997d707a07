"""Forms are found as their binding says, and a deployment whose form is in use is not deleted."""

from __future__ import annotations

import json

import pytest

from baton.model.attributes import Expression, Form
from baton.model.commands import CancelInstance
from baton.model.errors import BadRequest, Conflict, NotFound
from baton.service import Engine, Resource
from tests.service.processes import bpmn, line


def form(id_: str = "approve", title: str = "") -> bytes:
    return json.dumps({"id": id_, "title": title, "components": []}).encode()


def process(more: str = "") -> bytes:
    return bpmn(line(f'<userTask id="u" camunda:formRef="approve" {more}/>'))


def deploy(engine: Engine, *resources: Resource, tenant: str | None = None) -> str:
    return engine.deployments.deploy("d", resources, tenant_id=tenant).deployment.id


def read(engine: Engine, deployment: str, binding: str = "latest", version: str | None = None) -> bytes:
    return engine.forms.read(Form(ref="approve", ref_binding=binding, ref_version=version), deployment)[1]


def test_a_reference_means_the_form_that_was_deployed_last(engine: Engine) -> None:
    own = deploy(engine, Resource("p.bpmn", process()), Resource("any name.form", form(title="one")))
    deploy(engine, Resource("another.form", form(title="two")))
    deploy(engine, Resource("approve.form", b"no JSON at all"), tenant="south")

    assert read(engine, own) == form(title="two")
    assert read(engine, own, "deployment") == form(title="one")
    assert read(engine, own, "version", "1") == form(title="one")
    for wrong in ("3", "0", "x"):
        with pytest.raises(NotFound):
            read(engine, own, "version", wrong)


def test_a_tenants_own_form_goes_before_one_of_no_tenant(engine: Engine) -> None:
    deploy(engine, Resource("approve.form", form(title="all")))
    own = deploy(engine, Resource("p.bpmn", process()), tenant="north")
    assert read(engine, own) == form(title="all")
    deploy(engine, Resource("approve.form", form(title="north")), tenant="north")
    deploy(engine, Resource("approve.form", form(title="newer")))
    assert read(engine, own) == form(title="north")


def test_a_key_names_a_file_of_the_deployment(engine: Engine) -> None:
    own = deploy(engine, Resource("p.bpmn", process()), Resource("a.form", form("other")))
    key = Form(key=Expression("camunda-forms:deployment:a.form"))
    assert engine.forms.read(key, own) == ("a.form", form("other"))
    with pytest.raises(NotFound):
        engine.forms.read(Form(key=Expression("deployment:b.form")), own)
    with pytest.raises(BadRequest):
        engine.forms.read(Form(), own)


def test_a_form_in_use_by_another_deployment_is_not_deleted(engine: Engine) -> None:
    forms = deploy(engine, Resource("approve.form", form()))
    deploy(engine, Resource("p.bpmn", process()))
    header = engine.starts.start(engine.definitions.get_latest("p").id)

    with pytest.raises(Conflict, match="form of deployment"):
        engine.administration.delete_deployment(forms)

    assert engine.deployments.get(forms).id == forms
    engine.mailbox.submit(header.id, CancelInstance())
    engine.administration.delete_deployment(forms)
    with pytest.raises(NotFound):
        engine.deployments.get(forms)


@pytest.mark.parametrize("how", ["newer form", "cascade", "no instance"])
def test_a_form_that_nobody_would_get_is_deleted(engine: Engine, how: str) -> None:
    forms = deploy(engine, Resource("approve.form", form()))
    deploy(engine, Resource("p.bpmn", process()))
    if how != "no instance":
        engine.starts.start(engine.definitions.get_latest("p").id)
    if how == "newer form":
        deploy(engine, Resource("approve.form", form(title="newer")))

    engine.administration.delete_deployment(forms, cascade=how == "cascade")

    with pytest.raises(NotFound):
        engine.deployments.get(forms)
