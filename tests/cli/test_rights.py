"""``baton tenant``, ``baton grant`` and ``baton approval``: what they ask of the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from tests.worker.fake_engine import FakeEngine

Run = Callable[..., Result]
GRANT = {
    "id": "g1",
    "kind": "grant",
    "userId": None,
    "groupId": "night-shift",
    "keyId": None,
    "roles": ["operator"],
    "permissions": [],
    "processDefinitionKeys": ["order"],
    "tenantIds": ["acme"],
    "createdAt": "2026-11-28T10:00:00.000+0000",
}


def test_users_and_groups_become_members_of_a_tenant(engine: FakeEngine, baton: Run) -> None:
    for path in ("/tenant/acme/user-members/anna", "/tenant/acme/group-members/night-shift"):
        engine.answers[path] = lambda _: (204, None)

    done = baton("tenant", "add", "acme", "--user", "anna", "--group", "night-shift")

    assert (done.exit_code, done.output) == (0, "anna, night-shift belong to acme\n")


def test_a_tenant_needs_somebody_to_add(baton: Run) -> None:
    done = baton("tenant", "add", "acme")

    assert done.exit_code == 2
    assert "Expected at least one --user or --group" in done.output


def test_a_grant_is_made_and_listed(engine: FakeEngine, baton: Run) -> None:
    asked: list[object] = []
    engine.answers["/grant/create"] = lambda body: (asked.append(body), (200, GRANT))[1]
    engine.answers["/grant"] = lambda _: (200, [GRANT])

    made = baton("grant", "create", "--group", "night-shift", "--role", "operator", "--process", "order")
    listed = baton("grant", "list")

    assert made.output == "g1\n"
    assert [(it["groupId"], it["processDefinitionKeys"]) for it in asked] == [("night-shift", ["order"])]  # type: ignore[index]
    assert "night-shift" in listed.output


@pytest.mark.parametrize("id_", ["0123456789abcdef-07", "zxkq9tv3hj5m7npr-1023"])
def test_an_instance_is_approved_by_its_id_whatever_its_letters(engine: FakeEngine, baton: Run, id_: str) -> None:
    engine.answers[f"/process-instance/{id_}/approval/approve"] = lambda _: (204, None)

    done = baton("approval", "approve", id_)

    assert (done.exit_code, done.output) == (0, f"Approved for {id_}\n")


def test_a_rollback_that_waits_says_for_whom(engine: FakeEngine, baton: Run) -> None:
    path = "/process-instance/zxkq9tv3hj5m7npr-07/rollback"
    engine.answers[path] = lambda _: (202, {"processInstanceId": "zxkq9tv3hj5m7npr-07", "by": "anna"})

    done = baton("rollback", "zxkq9tv3hj5m7npr-07", "Pay")

    assert "Waits for a second person: baton approval approve zxkq9tv3hj5m7npr-07" in done.output
