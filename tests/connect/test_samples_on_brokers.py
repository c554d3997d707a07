"""``baton serve --samples-bus``: the samples on RabbitMQ and on Kafka, whole."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.connect.brokers import Broker, Kafka, RabbitMq
from tests.connect.brokers import running as running_broker
from tests.running import Baton, running, until

pytestmark = pytest.mark.e2e
TICKET = {"host": "db-1", "problem": "disk full", "reporter": "Robert", "area": "linux"}
BUSES: dict[type[Broker], str] = {
    RabbitMq: "amqp://guest:guest@127.0.0.1:{port}/%2f",
    Kafka: "kafka://127.0.0.1:{port}",
}


@pytest.mark.parametrize("kind", BUSES, ids=lambda kind: kind.__name__)
def test_a_resolved_ticket_is_billed_surveyed_and_told_on_a_broker(kind: type[Broker]) -> None:
    with running_broker(kind) as broker:
        url = BUSES[kind].format(port=broker.port)
        with running("--samples-bus", url, "--web-processes", "1") as baton:
            ticket = baton.begin("sysops-ticket", TICKET, "4729")
            task = until(lambda: baton.rest.get("/task", {"processInstanceId": ticket}), 60, baton.logs)[0]
            resolution = {"resolution": {"value": "logs removed"}}
            baton.rest.post(f"/task/{task['id']}/complete", {"variables": resolution})

            observed = until(lambda: find_observed(baton), 90, baton.logs)
            variables = baton.rest.get(f"/history/variable-instance?processInstanceId={observed['id']}")
            assert {"invoice"} <= {it["name"] for it in variables}
            assert baton.rest.get("/dead-letter/count") == {"count": 0}


def find_observed(baton: Baton) -> dict[str, Any] | None:
    """The process that shows what the programs on the bus have done, once it has ended."""
    query = {"processDefinitionKey": "ticket-aftermath", "finished": "true"}
    return next(iter(baton.rest.get("/history/process-instance", query)), None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--samples-bus", "fax://127.0.0.1"), "Expected a bus such as amqp://user:password@host"),
        (("--samples-bus", "kafka://127.0.0.1:9", "--no-samples"), "Expected the samples to run"),
    ],
)
def test_a_bus_that_would_not_be_used_is_refused(options: tuple[str, ...], words: str, tmp_path: Any) -> None:
    command = [sys.executable, "-m", "baton.cli", "serve", "--port", "0", "--data", str(tmp_path), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode != 0
    assert words in done.stderr
