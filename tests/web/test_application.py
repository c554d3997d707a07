"""The application as a whole: it is made quickly, and costs nothing for routes that nobody asks for."""

from __future__ import annotations

from flask import Flask, url_for

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
