"""The application as a whole: it is made quickly, and costs nothing for routes that nobody asks for."""

from __future__ import annotations

from flask import Flask, url_for
from prometheus_client.parser import text_string_to_metric_families

from baton.service import Engine
from tests.service.processes import deploy
from tests.web.conftest import Api


def test_a_url_is_built_although_nothing_for_it_was_compiled_before(app: Flask) -> None:
    with app.test_request_context():
        url = url_for("openapi.document", version=1)
    assert url == "/openapi/openapi.json?version=1"


def test_only_routes_that_were_asked_have_rows_in_the_metrics(api: Api) -> None:
    api.get("/process-instance/count")

    rows = api.client.get("/metrics").text.splitlines()
    routes = {row.partition('route="')[2].partition('"')[0] for row in rows if row.startswith("baton_http_seconds_")}
    assert routes == {"/engine-rest/process-instance/count"}


def test_what_turns_have_done_is_there_for_prometheus(api: Api, engine: Engine) -> None:
    deploy(engine)
    api.post("/process-definition/key/p/start", {})
    (task,) = api.post(
        "/external-task/fetchAndLock",
        {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 1000}]},
    )
    text = api.client.get("/metrics").text
    assert 'baton_instances_running{definition="p"} 1.0' in text
    assert "# TYPE baton_compensations_total counter" in text, "also what has not happened yet"
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})
    api.post("/process-definition/key/p/start", {})

    families = {it.name: it for it in text_string_to_metric_families(api.client.get("/metrics").text)}

    rows = {sample.name: sample for name in ("baton_instance_seconds",) for sample in families[name].samples}
    assert rows["baton_instance_seconds_count"].value == 1
    assert [it.value for it in families["baton_instances_started"].samples] == [2]
    (waiting,) = families["baton_topic_waiting"].samples
    assert (waiting.labels, waiting.value) == ({"topic": "work"}, 1)
    assert families["baton_topic_served"].samples[0].value == 1
    (done,) = families["baton_external_tasks_completed"].samples
    assert done.labels == {"definition": "p", "element": "t", "topic": "work"}
