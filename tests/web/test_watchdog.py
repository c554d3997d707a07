"""What the watchdog found, as the API shows it."""

from __future__ import annotations

from baton.service import Engine, Finding
from tests.web.conftest import Api


def test_the_last_report_is_shown(api: Api, engine: Engine) -> None:
    assert api.get("/watchdog") == {"at": None, "findings": []}
    engine.watchdog_status.publish([Finding(rule="overdue", subject="x", message="late", since=0)])
    report = api.get("/watchdog")
    assert report["at"] is not None
    assert report["findings"] == [
        {
            "rule": "overdue",
            "subject": "x",
            "message": "late",
            "repaired": False,
            "since": "1970-01-01T00:00:00.000+0000",
        }
    ]


def test_hosts_that_fail_are_listed_until_they_answer_again(api: Api, engine: Engine) -> None:
    host = "https://api.example.org"
    engine.called_hosts.record(host, state="open", failures=5, pause_ms=30_000, message="no answer")

    (found,) = api.get("/called-host")
    assert (found["host"], found["state"], found["failures"], found["message"]) == (host, "open", 5, "no answer")
    assert found["until"] > found["at"]

    engine.called_hosts.record("topic http-connector", state="open", failures=50, pause_ms=30_000, message="no answer")
    assert {(it["kind"], it["host"]) for it in api.get("/called-host")} == {("host", host), ("topic", "http-connector")}
    metrics = api.client.get("/metrics").text
    assert 'baton_circuit_open{kind="topic",name="http-connector"} 1.0' in metrics
    for name in (host, "topic http-connector"):
        engine.called_hosts.record(name, state="closed", failures=0, pause_ms=0, message="")
    assert api.get("/called-host") == []
