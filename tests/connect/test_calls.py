"""A call as the inputs of a task ask for it, and what becomes of its answer."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from baton.connect.http import Breaker
from baton.connect.http.encoding import choose_for_body, encode_in_header, encode_in_url, join
from baton.connect.http.errors import CallRefused
from baton.worker import BpmnError, Failure
from tests.certificates import Authority
from tests.connect.hosts import NAME, Calls, Host, make_task, reply, serve

BAD = "x\"&<'/?#%= ,\\"


def calls_of(host: Host, **more: Any) -> Calls:
    return Calls(hosts=f"http://{NAME}:{host.port}", **more)


def url_of(host: Host, path: str = "/") -> str:
    return f"http://{NAME}:{host.port}{path}"


# -- the request


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        (["https://a.example/orders/", "7/../8?x=1#y", ""], "https://a.example/orders/7%2F..%2F8%3Fx%3D1%23y"),
        (["https://a.example/o?q=", "a&b=c", "&z=1"], "https://a.example/o?q=a%26b%3Dc&z=1"),
        (["", "https://a.example/base", "/", 7, ""], "https://a.example/base/7"),
        (["https://", "shop", ".example/"], "https://shop.example/"),
        (["https://a.example/", None, "/", True, "/", 1.5, ""], "https://a.example//true/1.5"),
        (["https://a.example/", "größe\r\n", ""], "https://a.example/gr%C3%B6%C3%9Fe%0D%0A"),
    ],
)
def test_a_value_in_the_address_stays_in_its_place(parts: list[Any], url: str) -> None:
    assert join(parts, encode_in_url) == url


@pytest.mark.parametrize("value", ["evil.example/", "evil.example#", "a@b", "", "a:80", "evil.example."])
def test_a_value_in_the_name_of_the_host_is_part_of_a_name_or_refused(value: str) -> None:
    with pytest.raises(CallRefused, match="a part of a host's name"):
        join(["https://", value, ".example/"], encode_in_url)


def test_a_value_between_quotes_of_json_stays_a_text_and_another_becomes_a_value() -> None:
    parts = ['{"a \\"b\\"": "', BAD, '", "n": ', 7, ', "t": ', BAD, ', "l": ', [1, {"k": BAD}], ', "z": "', None, '"}']

    found = join(parts, choose_for_body("application/json; charset=utf-8"))

    assert json.loads(found) == {'a "b"': BAD, "n": 7, "t": BAD, "l": [1, {"k": BAD}], "z": ""}


@pytest.mark.parametrize(
    ("media_type", "value", "text"),
    [
        ("application/xml", "<a b='c'>&\"", "&lt;a b=&apos;c&apos;&gt;&amp;&quot;"),
        ("text/xml; charset=utf-8", "<", "&lt;"),
        ("application/soap+xml", "<", "&lt;"),
        ("application/x-www-form-urlencoded", "a&b=ü", "a%26b%3D%C3%BC"),
        ("text/plain", "a&b", "a&b"),
        ("application/vnd.x+json", 'a"b', '"a\\"b"'),
    ],
)
def test_a_value_in_the_body_is_encoded_for_its_media_type(media_type: str, value: str, text: str) -> None:
    assert join(["", value, ""], choose_for_body(media_type)) == text


def test_a_value_with_a_line_break_in_a_header_is_refused() -> None:
    with pytest.raises(CallRefused, match="without line breaks"):
        join(["Bearer ", "a\r\nX: y", ""], encode_in_header)


def test_the_request_is_what_the_inputs_say(host: Host) -> None:
    task = make_task(
        ["", url_of(host, "/orders/"), "", "a/b", "?x=1"],
        json.dumps(["url", "headers.X-Order", "query.note", "payload"]),
        method="put",
        headers={"X-Order": ["no. ", 7, ""], "Content-Type": "application/json"},
        query={"note": ["", "a&b", "!"], "page": 2, "none": None},
        payload=['{"name": "', 'O"Brien', '"}'],
    )

    found: dict[str, Any] = calls_of(host).connector.serve(task)

    head, _, body = host.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "PUT /orders/a%2Fb?x=1&note=a%26b!&page=2&none= HTTP/1.1"
    assert {"X-Order: no. 7", f"Host: {NAME}:{host.port}", "Idempotency-Key: key-1"} <= set(lines)
    assert body == b'{"name": "O\\"Brien"}'
    assert found["statusCode"] == 200
    assert found["json"] == {"id": 7}
    assert found["response"] == '{"id": 7}'
    assert found["headers"]["content-type"] == "application/json"


def test_headers_and_query_can_be_lines_of_text(host: Host) -> None:
    task = make_task(
        url_of(host),
        '["headers", "query"]',
        headers=["Accept: text/csv\nAuthorization: Bearer ", "t0ken", "\n"],
        query=["page=2\nname=", "a=b\nc", ""],
    )

    calls_of(host).connector.serve(task)

    assert host.requests[0].startswith(b"GET /?page=2&name=a%253Db%250Ac HTTP/1.1") is False
    assert host.requests[0].startswith(b"GET /?page=2&name=a%3Db%0Ac HTTP/1.1")
    assert b"\r\nAuthorization: Bearer t0ken\r\n" in host.requests[0]


@pytest.mark.parametrize(
    ("payload", "body", "media_type"),
    [
        ({"a": 1}, b'{"a":1}', b"application/json"),
        ([1, "ü"], '[1,"ü"]'.encode(), b"application/json"),
        ("as it is", b"as it is", b"text/plain"),
    ],
)
def test_a_body_has_the_media_type_of_its_value(host: Host, payload: Any, body: bytes, media_type: bytes) -> None:
    calls_of(host).call(url_of(host), method="POST", payload=payload)

    assert host.requests[0].endswith(b"\r\n\r\n" + body)
    assert b"Content-Type: " + media_type in host.requests[0]


def test_a_key_of_the_model_goes_before_that_of_the_task_and_reading_has_none(host: Host) -> None:
    calls = calls_of(host)
    calls.call(url_of(host), method="POST", headers={"idempotency-key": "mine"})
    calls.call(url_of(host))

    assert b"idempotency-key: mine" in host.requests[0]
    assert b"key-1" not in host.requests[0]
    assert b"dempotency" not in host.requests[1]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"method": "FETCH"}, "Expected a method"),
        ({"accept": "20x"}, "Expected a status"),
        ({"errors": "404"}, "Expected a status and an error code"),
        ({"timeout": "soon"}, "Expected a timeout"),
        ({"timeout": "PT0S"}, "Expected a timeout above zero"),
        ({"configOptions": {"proxy": "x"}}, "Expected configOptions"),
    ],
)
def test_an_input_that_cannot_be_read_is_refused_for_good(inputs: dict[str, Any], words: str) -> None:
    with pytest.raises(Failure, match=words) as refused:
        Calls(hosts=f"http://{NAME}").call(f"http://{NAME}/", **inputs)

    assert refused.value.retries == 0


# -- the answer


@pytest.mark.parametrize(
    ("status", "inputs", "outcome"),
    [
        ("201 Created", {}, 201),
        ("404 Not Found", {}, "incident: said so"),
        ("404 Not Found", {"accept": "2xx, 404"}, 404),
        ("404 Not Found", {"accept": "any"}, 404),
        ("404 Not Found", {"errors": "404=not-found, 4xx=refused"}, "not-found"),
        ("409 Conflict", {"errors": "404=not-found, 4xx=refused"}, "refused"),
        ("200 OK", {"errors": "any=never"}, "never"),
        ("503 Service Unavailable", {}, "retry: said so"),
        ("429 Too Many Requests", {}, "retry: said so"),
        ("503 Service Unavailable", {"retry": "429"}, "incident: said so"),
        (
            "500 Internal Server Error",
            {"accept": "any", "configOptions": {"throw-http-error": "TRUE"}},
            "retry: said so",
        ),
        ("302 Found", {"method": "POST"}, "incident: said so"),
    ],
)
def test_the_model_says_what_becomes_of_a_status(status: str, inputs: dict[str, Any], outcome: int | str) -> None:
    with serve(reply(status, b"said so")) as host:
        try:
            found = calls_of(host).call(url_of(host), **inputs)["statusCode"]
        except BpmnError as error:
            found = error.code
        except Failure as failure:
            found = f"{'incident' if failure.retries == 0 else 'retry'}: {failure.message[-7:]}"

        assert found == outcome


def test_the_host_says_when_to_try_again() -> None:
    with serve(reply("503 Service Unavailable", retry_after="7")) as host:
        with pytest.raises(Failure) as failed:
            calls_of(host).call(url_of(host))

        assert (failed.value.retries, failed.value.retry_in) == (None, 7)


def test_an_answer_that_is_not_the_json_it_says_is_tried_again() -> None:
    with (
        serve(reply(body=b"{", content_type="application/json")) as host,
        pytest.raises(Failure, match="Expected JSON"),
    ):
        calls_of(host).call(url_of(host))


def test_an_answer_in_another_charset_is_read_in_it() -> None:
    with serve(reply(body="größe".encode("latin-1"), content_type="text/plain; charset=ISO-8859-1")) as host:
        assert calls_of(host).call(url_of(host))["response"] == "größe"


# -- the circuit


def test_a_host_that_fails_again_and_again_is_not_called_until_one_call_has_tried() -> None:
    with serve(reply("500 Internal Server Error")) as host:
        calls = calls_of(host, http_breaker_failures=2, http_breaker_pause_s=30)
        for _ in range(2):
            with pytest.raises(Failure):
                calls.call(url_of(host))

        with pytest.raises(Failure, match="is not called now") as refused:
            calls.call(url_of(host))
        assert (refused.value.retries, refused.value.retry_in, len(host.requests)) == (3, 30, 2)

        calls.now += 31
        with pytest.raises(Failure, match="was answered with 500"):
            calls.call(url_of(host))
        with pytest.raises(Failure, match="is not called now"):
            calls.call(url_of(host))
        assert [circuit.state.value for _, circuit in calls.reports] == ["closed", "open", "trying", "open"]


def test_a_host_that_answers_again_is_called_as_before() -> None:
    with serve(reply()) as host:
        calls = calls_of(host, http_breaker_failures=1)
        calls.names[NAME] = [[], ["127.0.0.1"]]
        with pytest.raises(Failure, match="it has none"):
            calls.call(url_of(host))
        calls.now += 31

        calls.call(url_of(host))
        calls.call(url_of(host))

        assert [circuit.state.value for _, circuit in calls.reports] == ["open", "trying", "closed"]


def test_a_topic_whose_calls_fail_at_any_host_is_not_called_until_one_call_has_tried() -> None:
    with serve(reply("500 Internal Server Error")) as bad, serve(reply()) as good:
        hosts = f"http://{NAME}:{bad.port},http://{NAME}:{good.port}"
        calls = Calls(hosts, http_breaker_failures=100, http_breaker_topic_failures=3)
        for _ in range(2):
            for _ in range(2):
                with pytest.raises(Failure, match="was answered with 500"):
                    calls.call(url_of(bad))
            calls.call(url_of(good))
        for _ in range(3):
            with pytest.raises(Failure, match="was answered with 500"):
                calls.call(url_of(bad))

        with pytest.raises(Failure, match="The topic http-connector failed too often") as refused:
            calls.call(url_of(good))
        assert (refused.value.retries, refused.value.retry_in) == (3, 30)

        calls.now += 31
        calls.call(url_of(good))
        states = [(name, circuit.state.value) for name, circuit in calls.of_topics[-3:]]
        assert states == [("http-connector", state) for state in ("open", "trying", "closed")]


def test_only_so_many_circuits_are_remembered() -> None:
    breaker = Breaker(1, 30, lambda _name, _circuit: None)
    for number in range(1_001):
        breaker.note_failure(f"host-{number}", "no answer")
    assert breaker.ask("host-0") == 0.0
    assert breaker.ask("host-1000") > 0


# -- TLS


def test_a_host_is_known_by_its_name_and_authority_and_knows_us_by_our_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, client = authority.issue("server", NAME), authority.issue("client")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.ca))
    tls.load_cert_chain(server.cert, server.key)
    tls.verify_mode = ssl.CERT_REQUIRED
    with serve(reply(body=b"known"), tls) as host:
        options = {"http_ca_file": authority.ca, "http_client_cert": client.cert, "http_client_key": client.key}
        names = {NAME: [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
        hosts = f"{NAME}:{host.port},other.example:{host.port}"

        assert Calls(hosts, names, **options).call(f"https://{NAME}:{host.port}/")["response"] == "known"
        with pytest.raises(Failure, match=r"other\.example"):
            Calls(hosts, names, **options).call(f"https://other.example:{host.port}/")
        with pytest.raises(Failure, match="certificate verify failed"):
            Calls(hosts, names).call(f"https://{NAME}:{host.port}/")


def test_a_call_belongs_to_the_trace_of_its_task_unless_the_model_says_otherwise(host: Host) -> None:
    calls, given = calls_of(host), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for headers in ({}, {"Traceparent": "own"}):
        calls.connector.serve(replace(make_task(url_of(host), headers=headers), traceparent=given))

    assert f"traceparent: {given}".encode() in host.requests[0]
    assert b"Traceparent: own" in host.requests[1]
    assert given.encode() not in host.requests[1]
