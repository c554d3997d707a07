"""PyPI camunda-external-task-client-python3, unmodified, does the work of order-fulfilment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.orders import check_all_paths
from tests.running import Baton

pytestmark = pytest.mark.e2e


@pytest.fixture
def worker(baton: Baton, worker_key: str) -> Iterator[None]:
    """It sends a key as it is."""
    script = Path(__file__).with_name("python_worker.py")
    process = subprocess.Popen([sys.executable, str(script), baton.rest.url, worker_key], stderr=subprocess.DEVNULL)
    yield
    process.kill()
    process.wait()


@pytest.mark.usefixtures("worker")
def test_the_python_client_works_off_every_path(baton: Baton) -> None:
    check_all_paths(baton, "py")
