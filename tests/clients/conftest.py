"""A Baton that requires sign-in, and what the clients sign in with: a person's password, and a key by both ways."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

import pytest

from baton.worker import Rest
from tests.running import DEFINITIONS, Baton, running

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def baton() -> Iterator[Baton]:
    """A running Baton without demo workers: the clients under test do the work."""
    with running("--no-samples", "--sign-in", "--web-processes", "1") as baton:
        baton.rest = Rest(baton.rest.url, api_key=_make_administrator(baton))
        baton.deploy(DEFINITIONS / "order-fulfilment" / "order-fulfilment.bpmn")
        yield baton


def _make_administrator(baton: Baton) -> str:
    """By the link that the first start prints; a key with all rights."""
    link = re.search(r"first-administrator\?token=(\S+)", baton.output)
    assert link is not None, baton.output
    person = {"token": link[1], "id": "boss", "password": PASSWORD}
    baton.rest.post("/first-administrator", person)
    boss = Rest(baton.rest.url, headers={"Authorization": make_basic("boss", PASSWORD)})
    return boss.post("/api-key/create", {"name": "tests", "roles": ["administrator"]})["key"]


def make_basic(name: str, password: str) -> str:
    """The header of HTTP Basic."""
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture(scope="session")
def administrator_key(baton: Baton) -> str:
    return baton.rest.post("/api-key/create", {"name": "all", "roles": ["administrator"]})["key"]


@pytest.fixture(scope="session")
def worker_key(baton: Baton) -> str:
    """Of a program that works and may do nothing else."""
    return baton.rest.post("/api-key/create", {"name": "work", "roles": ["worker"]})["key"]


@pytest.fixture(scope="session")
def person(baton: Baton) -> str:
    """Somebody with that password who works, and reads files and sets variables of instances, as the client does."""
    profile = {"id": "worker"}
    baton.rest.post(
        "/user/create", {"profile": profile, "credentials": {"password": PASSWORD}, "roles": ["worker", "operator"]}
    )
    return "worker"
