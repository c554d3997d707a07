"""A small form of ``make upgrade``: what the release before has left goes on in this one as there."""

from __future__ import annotations

import pytest

from tests.service.processes import bpmn, line
from tests.upgrade.release import Release, has_history, take_release, this_release
from tests.upgrade.scenes import deploy
from tests.upgrade.trial import run_side_by_side, serving_together, upgrade

BEFORE = "d1e3a52c7df349040299cfaf8e04c64a448fa187"
"""The release before. A new release writes its commit here."""

URGENT = "/task?sortBy=urgency&sortOrder=asc"
SEEDS = range(4)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Release:
    if not has_history():
        pytest.skip("needs git's whole history: a shallow clone or an unpacked archive has no release before")
    return take_release(BEFORE, tmp_path_factory.mktemp("release"))


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_what_the_release_before_has_left_goes_on_as_there(before: Release, sealed: bool) -> None:
    assert upgrade(before, this_release(), SEEDS, sealed=sealed)[1] == []


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_both_releases_work_on_one_store(before: Release) -> None:
    assert run_side_by_side(before, this_release(), SEEDS)[1] == []


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_task_that_this_release_has_changed_is_listed_and_completed_by_the_one_before(before: Release) -> None:
    with serving_together(before, this_release()) as (old, new):
        deploy(old.rest, "ask", bpmn(line('<userTask id="Ask"/>'), "ask"))
        old.rest.post("/process-definition/key/ask/start", {})
        (task,) = new.rest.get(URGENT)
        assert task["lastUpdated"] is None
        new.rest.post(f"/task/{task['id']}/claim", {"userId": "ann"})
        assert [row["taskState"] for row in new.rest.get(URGENT)] == ["Updated"]

        assert [(row["id"], row["assignee"]) for row in old.rest.get("/task")] == [(task["id"], "ann")]
        old.rest.post(f"/task/{task['id']}/complete", {})
        assert new.rest.get(URGENT) == new.rest.get("/task?updatedAfter=2000-01-01T00:00:00.000%2B0000") == []
