"""What surrounds every request: foreign sites, headers, ids, health, the designer's files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from whitenoise.compress import Compressor

from baton.service import Engine, Settings, assemble
from baton.store.server import Server
from baton.web import WebSettings, create_app
from tests.web.conftest import Api, BufferedClient


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html>the designer</html>")
    script = tmp_path / "assets" / "app-Ab3dEf9x.js"
    script.write_text("let a = 1;\n" * 200)
    Compressor(quiet=True).compress(str(script))
    return tmp_path


@pytest.fixture
def guarded(engine: Engine, site: Path) -> FlaskClient:
    return BufferedClient(create_app(engine, WebSettings(static=site)))


def test_a_foreign_host_name_is_refused_on_loopback(guarded: FlaskClient) -> None:
    assert guarded.get("/engine-rest/version", headers={"Host": "127.0.0.1:8080"}).status_code == 200
    assert guarded.get("/engine-rest/version", headers={"Host": "[::1]:8080"}).status_code == 200
    assert guarded.get("/engine-rest/version", headers={"Host": "evil.example"}).status_code == 403


def test_a_baton_asks_itself_by_the_address_of_the_machine_whatever_names_it_has(engine: Engine, site: Path) -> None:
    settings = WebSettings(static=site, hosts=("baton.example.com",), bind="10.0.0.5:8080")
    client = BufferedClient(create_app(engine, settings))
    asked = ("baton.example.com", "127.0.0.1:8080", "10.0.0.5:8080", "evil.example", "10.0.0.6:8080")
    answers = [client.get("/engine-rest/version", headers={"Host": host}).status_code for host in asked]
    assert answers == [200, 200, 200, 403, 403]


def test_a_page_of_another_site_cannot_change_anything(guarded: FlaskClient) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert guarded.post("/engine-rest/signal", json={"name": "s"}, headers=foreign).status_code == 403
    unreadable = {"Origin": "http://[localhost"}
    assert guarded.post("/engine-rest/signal", json={"name": "s"}, headers=unreadable).status_code == 403
    own = {"Origin": "http://localhost"}
    assert guarded.post("/engine-rest/signal", json={"name": "s"}, headers=own).status_code == 204


def test_security_headers_are_on_everything(guarded: FlaskClient) -> None:
    for path in ("/", "/engine-rest/version", "/engine-rest/nothing", "/openapi"):
        headers = guarded.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("sent", "returned"),
    [
        ({"X-Correlation-Id": "order-1"}, "order-1"),
        ({"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}, "a" * 32),
        ({"X-Correlation-Id": "two words\t"}, None),
        ({}, None),
    ],
)
def test_a_correlation_id_is_taken_over(guarded: FlaskClient, sent: dict[str, str], returned: str | None) -> None:
    assert guarded.get("/engine-rest/version", headers=sent).headers.get("X-Correlation-Id") == returned


def test_unknown_addresses_of_the_api_answer_json(guarded: FlaskClient) -> None:
    answer = guarded.get("/engine-rest/nothing")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "NotFoundException")
    answer = guarded.delete("/engine-rest/version")
    assert (answer.status_code, answer.get_json()["type"]) == (405, "NotAllowedException")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_what_there_is_not_is_not_found_whatever_the_method(guarded: FlaskClient, method: str) -> None:
    for path in ("/engine-rest/nothing", "/engine-rest/process-instance/x/nothing", "/assets/x", "/favicon.ico"):
        assert guarded.open(path, method=method).status_code == 404, path
    if method not in ("GET", "HEAD"):
        assert guarded.open("/definitions", method=method).status_code == 404


def test_an_address_with_control_characters_is_refused(guarded: FlaskClient) -> None:
    for path in ("/assets/%00", "/%00", "/engine-rest/process-instance/%00", "/engine-rest/task/a%0Ab"):
        answer = guarded.get(path)
        assert (answer.status_code, answer.get_json()["type"]) == (400, "InvalidRequestException"), path


@pytest.mark.parametrize(
    ("peer", "more", "status"),
    [
        ("127.0.0.1", {}, 204),
        ("127.8.8.8", {}, 204),
        ("::1", {}, 204),
        ("::ffff:127.0.0.1", {}, 204),
        ("192.168.0.7", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.168.0.7"}, 403),
        ("127.0.0.1", {"Origin": "null"}, 403),
        ("127.0.0.1", {"Origin": "file://evil.example"}, 403),
    ],
)
def test_a_modeler_on_the_desktop_may_change_things_from_the_same_machine(
    guarded: FlaskClient, peer: str, more: dict[str, str], status: int
) -> None:
    headers = {"Origin": "file://", **more}
    answer = guarded.post(
        "/engine-rest/signal", json={"name": "s"}, headers=headers, environ_base={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == status


def test_a_bug_answers_500_with_an_id_and_no_details(guarded: FlaskClient, engine: Engine) -> None:
    engine.external_tasks.list_topics = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    answer = guarded.get("/engine-rest/external-task/topic-names")
    assert answer.status_code == 500
    assert answer.get_json()["errorId"] in answer.get_json()["message"]
    assert "ZeroDivision" not in answer.text


def test_the_page_is_served_for_every_address_of_the_browsers_router(guarded: FlaskClient) -> None:
    for path in ("/", "/definitions", "/instances/0123456789abcdef-07", "/definitions/a:1:b"):
        answer = guarded.get(path)
        assert (answer.status_code, answer.text) == (200, "<html>the designer</html>")
        assert answer.headers["Cache-Control"] == "no-cache"
    assert guarded.get("/assets/missing.js").status_code == 404


def test_hashed_files_are_kept_for_ever_zipped_and_answered_by_etag(guarded: FlaskClient) -> None:
    answer = guarded.get("/assets/app-Ab3dEf9x.js", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data).startswith(b"let a = 1;")
    assert answer.mimetype == "text/javascript"
    again = guarded.get(
        "/assets/app-Ab3dEf9x.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    assert guarded.get("/assets/app-Ab3dEf9x.js").data.startswith(b"let a = 1;")


def test_files_outside_of_the_folder_are_not_served(guarded: FlaskClient) -> None:
    for path in ("/../conftest.py", "/%2e%2e/conftest.py", "/assets/../../conftest.py"):
        assert guarded.get(path).status_code == 404


def test_addresses_of_pages_may_hold_dots(guarded: FlaskClient) -> None:
    for path in ("/tasks/0123456789abcdef-07.4", "/instances/0123456789abcdef-07.12", "/definitions/order.v2:1:5f"):
        answer = guarded.get(path)
        assert (answer.status_code, answer.text) == (200, "<html>the designer</html>"), path


def test_what_is_no_page_is_not_found(guarded: FlaskClient) -> None:
    missing = ("/assets/gone-Ab3dEf9x.js", "/assets/x", "/favicon.ico", "/engine-rest/nothing", "/engine-rest")
    for path in (*missing, "/openapi/gone.css", "/healthz/x", "/readyz/x", "/metrics/x"):
        assert guarded.get(path).status_code == 404, path


def test_without_a_built_designer_a_page_says_how_to_build_it(engine: Engine, tmp_path: Path) -> None:
    answer = create_app(engine, WebSettings(static=tmp_path)).test_client().get("/")
    assert answer.status_code == 200
    assert "make designer" in answer.text


def test_health_and_metrics(api: Api, client: FlaskClient) -> None:
    api.deploy("work")
    api.start("work")
    assert client.get("/healthz").json == {"status": "UP"}
    assert client.get("/readyz").get_json()["status"] == "UP"
    text = client.get("/metrics").text
    assert "baton_instances_active 1.0" in text
    assert 'route="/engine-rest/process-definition/key/<key>/start",status="200"} 1.0' in text


def test_when_the_store_is_away_requests_are_told_to_come_back(durable_valkey: Server) -> None:
    engine = assemble(Settings(redis_url=durable_valkey.url, partitions=2))
    client = create_app(engine, WebSettings(hosts=None)).test_client()
    assert client.get("/readyz").status_code == 200
    durable_valkey.stop()
    answer = client.get("/engine-rest/process-instance")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert "baton_store_up 0.0" in client.get("/metrics").text
    engine.close()
