"""``make screenshots``: pictures of every screen of a real Baton with sample data, light and dark, at three widths."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from tests.programs import require_chromium, require_program
from tests.running import DEFINITIONS, ROOT, Baton, running, until

HERE = Path(__file__).parent
ORDERS = DEFINITIONS / "order-fulfilment" / "orders"
TICKETS = DEFINITIONS / "sysops-ticket" / "tickets"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "screenshots")
    parser.add_argument(
        "--docs", action="store_true", help="the pictures of README and tutorial instead, into docs/images"
    )
    parser.add_argument("--only", nargs="+", default=[], help="names of screens, such as overview")
    options = parser.parse_args()
    return take_pictures() if options.docs else take_screens(options.folder, options.only)


def take_pictures() -> int:
    # So slow that undoing can be seen.
    with running(env={"BATON_DEMO_PACE": "1"}) as baton:
        env = {**os.environ, "CHROMIUM": require_chromium(), "BATON_URL": baton.url}
        command = [require_program("node"), str(HERE / "pictures.mjs"), baton.url, str(ROOT / "docs" / "images")]
        return subprocess.run(command, env=env, check=False).returncode


def take_screens(folder: Path, only: list[str]) -> int:
    with running() as baton:
        command = [require_program("node"), str(HERE / "screenshots.mjs"), baton.url, str(folder)]
        env = {**os.environ, "CHROMIUM": require_chromium()}
        done = subprocess.run([*command, json.dumps(prepare(baton)), *only], env=env, check=False)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return done.returncode


def prepare(baton: Baton) -> dict[str, str]:
    """Instances in every state and some open tasks; the ids of those that are shown, as they occur in a URL."""
    for order in sorted(ORDERS.glob("*.json")):
        baton.begin("order-fulfilment", _variables(order), f"order-{order.stem}")
    for ticket in sorted(TICKETS.glob("*.json")):
        baton.begin("sysops-ticket", _variables(ticket), f"ticket-{ticket.stem}")
    let_in(baton)
    undone = baton.begin("order-fulfilment", _variables(ORDERS / "payment-rejected.json"), "order-looked-at")
    baton.wait_for_end(undone)
    waiting = baton.begin("order-fulfilment", _variables(ORDERS / "backorder.json"), "order-that-waits")
    until(lambda: baton.rest.get(f"/event-subscription?processInstanceId={waiting}"), 30)
    (definition,) = baton.rest.get("/process-definition?key=order-fulfilment&latestVersion=true")
    (task, *_) = until(lambda: baton.rest.get("/task"), 30)
    (unused,) = baton.rest.get("/process-definition?key=course-purchase&latestVersion=true")
    found = {
        "unused": unused["id"],
        "faulty": draw_faulty(baton),
        "definition": definition["id"],
        "waiting": waiting,
        "undone": undone,
        "task": task["id"],
    }
    return {name: quote(id_, safe="") for name, id_ in {**found, "incident": fail(baton)}.items()}


def let_in(baton: Baton) -> None:
    """Somebody in a group, and a program."""
    baton.rest.post("/group/create", {"id": "night-shift", "name": "Night shift", "roles": ["operator"]})
    profile = {"id": "anna", "firstName": "Anna", "lastName": "Smith", "email": "anna@example.com"}
    baton.rest.post("/user/create", {"profile": profile, "roles": ["modeler"]})
    baton.rest.request("PUT", "/group/night-shift/members/anna", json={})
    baton.rest.post("/api-key/create", {"name": "payments", "roles": ["worker"], "topics": ["charge", "refund"]})


def draw_faulty(baton: Baton) -> str:
    """A draft whose tasks have no topics."""
    text = (ROOT / "docs" / "tutorial" / "order.bpmn").read_text(encoding="utf-8")
    bpmn = re.sub(r' camunda:(type|topic)="[^"]*"', "", text)
    return str(baton.rest.post("/draft", {"name": "Order", "bpmn": bpmn, "files": []})["id"])


def fail(baton: Baton) -> str:
    """An instance whose task has no retries left."""
    baton.deploy(HERE / "models" / "ui-incident.bpmn")
    instance = baton.begin("ui-incident", {}, "order-that-failed")
    (task,) = until(lambda: baton.rest.get(f"/external-task?processInstanceId={instance}"), 30)
    topic = {"topicName": task["topicName"], "lockDuration": 60_000}
    (locked,) = baton.rest.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]})
    failure = {"workerId": "w", "errorMessage": "The bank answered 502", "retries": 0, "retryTimeout": 0}
    baton.rest.post(f"/external-task/{locked['id']}/failure", failure)
    return instance


def _variables(path: Path) -> dict[str, object]:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
