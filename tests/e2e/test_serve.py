"""The whole process tree, as a new user has it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.orders import check_all_paths, completed, ledger, order
from tests.connect.hosts import reply, serve
from tests.connect.test_processes import TEMPLATE, make_process
from tests.running import Baton, descendants, free_port, until

pytestmark = pytest.mark.e2e

CALLED_PORT = free_port()


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def baton(data: Path) -> Iterator[Baton]:
    """With samples and demo workers, as ``make run`` has them, and calls over HTTP to this machine."""
    allowed = {"BATON_HTTP_HOSTS": f"http://localhost:{CALLED_PORT}", "BATON_HTTP_PRIVATE_NETWORKS": "127.0.0.0/8,::1"}
    baton = Baton(data, env=allowed)
    baton.start()
    yield baton
    baton.kill()


def test_it_says_in_three_lines_what_to_open(baton: Baton) -> None:
    lines = baton.output.splitlines()
    assert len(lines) == 3
    assert all(f"open  {baton.url}" in line for line in lines)


def test_nothing_is_imported_before_gevent_has_patched_it(baton: Baton) -> None:
    assert "MonkeyPatchWarning" not in (baton.data / "logs" / "web.log").read_text()


def test_the_demo_workers_take_an_order_along_each_path(baton: Baton) -> None:
    check_all_paths(baton, "demo")


def test_a_process_calls_a_host_that_the_operator_allows(baton: Baton, tmp_path: Path) -> None:
    with serve(reply(body=b'{"id": 7}', content_type="application/json"), port=CALLED_PORT) as host:
        url = f"http://localhost:{CALLED_PORT}"
        file = tmp_path / "calls.bpmn"
        file.write_text(make_process(TEMPLATE, 'camunda:type="external" camunda:topic="http-connector"', url))
        baton.deploy(file)
        called = baton.begin("orders", {"order": "a b"})

        assert baton.wait_for_end(called)["header"]["endElement"] == "Done"
        assert host.requests[0].startswith(b"GET /orders/a%20b HTTP/1.1\r\n")
    assert baton.rest.get("/called-host") == []


def test_a_course_that_is_fully_booked_is_refunded(baton: Baton) -> None:
    card = {"card": "4242 4242 4242 4242", "price": 340, "student": "Gustav"}
    refunded = baton.begin("course-purchase", {**card, "course": "conducting"})
    bought = baton.begin("course-purchase", {**card, "course": "counterpoint"})

    assert baton.wait_for_end(refunded)["header"]["endElement"] == "PurchaseRefunded"
    assert ledger(baton, refunded) == {"AuthorisePayment": "undone"}
    assert baton.wait_for_end(bought)["header"]["endElement"] == "PurchaseCompleted"


def test_a_ticket_waits_for_its_expert_and_ends_when_he_has_resolved_it(baton: Baton) -> None:
    ticket = baton.begin(
        "sysops-ticket", {"host": "db-1", "area": "linux", "problem": "Disk full", "reporter": "Robert"}
    )

    def task() -> dict[str, str] | None:
        found = baton.rest.get("/task", {"processInstanceId": ticket})
        return found[0] if found else None

    found = until(task, 20, baton.logs)
    assert (found["assignee"], found["name"]) == ("ada", "Resolve ticket")
    baton.rest.post(f"/task/{found['id']}/complete", {"variables": {"resolution": {"value": "done", "type": "String"}}})
    assert baton.wait_for_end(ticket)["header"]["endElement"] == "TicketResolved"

    def aftermath() -> dict[str, str] | None:
        """What follows is done by the programs on the bus of the samples; one process observes it."""
        found = baton.rest.get("/history/process-instance", {"processDefinitionKey": "ticket-aftermath"})
        return found[0] if found and found[0]["state"] == "COMPLETED" else None

    assert until(aftermath, 30, baton.logs)["businessKey"] == f"/baton/process-instance/{ticket}"


def test_a_ticket_without_a_host_is_refused(baton: Baton) -> None:
    ticket = baton.begin("sysops-ticket", {"host": "", "area": "linux", "problem": "?", "reporter": "Robert"})
    assert baton.wait_for_end(ticket)["header"]["endElement"] == "TicketRefused"


def test_a_second_one_on_the_same_data_or_port_says_so_and_changes_nothing(baton: Baton, tmp_path: Path) -> None:
    same_data = _serve("--data", str(baton.data), "--port", "0")
    assert same_data.returncode == 4
    assert "in use by another Baton" in same_data.stderr
    same_port = _serve("--data", str(tmp_path), "--port", str(baton.port))
    assert same_port.returncode == 4
    assert "Name another with --port" in same_port.stderr
    assert baton.rest.get("/version")


def test_whatever_is_killed_comes_back_and_running_orders_end(baton: Baton) -> None:
    """Valkey, the web, the loops: each killed alone, with an order under way."""
    for name in ("valkey-server", "gunicorn", "baton.launcher.loops", "baton.cli worker"):
        instance = baton.begin("order-fulfilment", order("happy"), f"kill-{name}")
        for pid in _matching(baton, name):
            os.kill(pid, signal.SIGKILL)
        assert baton.wait_for_end(instance, 60)["header"]["endElement"] == "OrderFulfilled"
        assert completed(baton, instance).count("ChargePayment") == 1


def test_ctrl_c_stops_everything_quickly_and_starting_again_finds_every_instance(baton: Baton) -> None:
    waiting = baton.begin("order-fulfilment", order("backorder"), "restart")
    until(lambda: baton.header(waiting)["tokens"].get("WaitForStock"), 20, baton.logs)
    versions = len(baton.rest.get("/process-definition"))
    pids = baton.pids()

    assert baton.stop() < 8
    assert not [pid for pid in pids if _runs(pid)]
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", baton.port)):
        pass

    baton.start()
    assert baton.header(waiting)["tokens"] == {"WaitForStock": 1}
    assert len(baton.rest.get("/process-definition")) == versions
    baton.rest.post("/message", {"messageName": "StockArrived", "processInstanceId": waiting})
    assert baton.wait_for_end(waiting)["header"]["endElement"] == "OrderFulfilled"


def _serve(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "baton.cli", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _matching(baton: Baton, text: str) -> list[int]:
    found = []
    for pid in descendants(baton.pids()[0]):
        command = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if text in command.stdout:
            found.append(pid)
    assert found, f"no process '{text}'"
    return found


def _runs(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip() not in ("", "Z", "Z+", "Zs")
