"""npm camunda-external-task-client-js, unmodified, does the work of order-fulfilment."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.orders import check_all_paths
from tests.programs import require_program
from tests.running import Baton

FOLDER = Path(__file__).with_name("js")

pytestmark = [pytest.mark.node, pytest.mark.e2e]


@pytest.fixture(scope="module")
def packages() -> None:
    """Install the pinned packages, if `make test` has not."""
    require_program("npm")
    lock, stamp = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=FOLDER, check=True, timeout=300)


@pytest.fixture
def worker(packages: None, baton: Baton, worker_key: str) -> Iterator[subprocess.Popen[str]]:
    """It signs in by HTTP Basic, with a key as the password."""
    command = ["node", "worker.mjs", baton.rest.url, "anything", worker_key]
    process = subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.kill()
    process.wait()


def test_the_javascript_client_works_off_every_path(baton: Baton, worker: subprocess.Popen[str]) -> None:
    check_all_paths(baton, "js")

    worker.kill()
    output, _ = worker.communicate()
    assert output.count("extended") >= 5
    assert output.count("failed") == 2
