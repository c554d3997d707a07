"""Pages about servers: what they say is done with real ones, with what is the reader's replaced by what is here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
import redis
import requests

from baton.store.server import start_server
from tests.certificates import Authority
from tests.connect.hosts import reply
from tests.connect.hosts import serve as serve_host
from tests.docs.pages import ROOT, find_block, read_serving
from tests.running import Baton, free_port, until
from tests.sentinels import Sentinels
from tests.store.tls_relay import relay_tls

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

CALL_OVER_HTTP, SCALE_OUT = "docs/how-to/call-over-http.md", "docs/how-to/scale-out.md"
SCHEMA_REGISTRY = "docs/how-to/schema-registry.md"
SEND_EVENTS, TAKE_EVENTS = "docs/how-to/send-events.md", "docs/how-to/take-events.md"
OWN_REDIS, SECURE, TUTORIAL = "docs/how-to/own-redis.md", "docs/how-to/secure.md", "docs/tutorial/order.md"
SMALL = ("--no-samples", "--web-processes", "1")
"""The page says nothing about it, and the test is faster."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Short: sockets lie in it."""
    path = Path(tempfile.mkdtemp(prefix="baton-"))
    yield path
    rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[str]:
    """Host and port of a Valkey with the names and passwords of the pages."""
    port = free_port()
    listening = ("--port", str(port), "--bind", "127.0.0.1")
    server = start_server(folder / "own", folder / "own.sock", extra=listening)
    client: Any = redis.Redis(unix_socket_path=str(folder / "own.sock"))
    client.execute_command("ACL", "SETUSER", "user", "on", ">password", "~*", "&*", "+@all")
    client.config_set("requirepass", "password")
    yield f"127.0.0.1:{port}"
    server.stop()


@contextmanager
def serve(folder: Path, env: dict[str, str], options: list[str], *more: str) -> Iterator[Baton]:
    baton = Baton(folder, *options, *more, env=env)
    try:
        baton.start()
        yield baton
    finally:
        baton.kill()


@pytest.fixture(scope="module")
def first(folder: Path, store: str) -> Iterator[Baton]:
    """What several pages say, all in one server: its own store, more processes, hosts to call, sinks and a source."""
    mine = f"redis://user:password@{store}"
    sinks = find_block(SEND_EVENTS, "[[sink]]").text.replace("rediss://events.example.com:6379", mine)
    sources = find_block(TAKE_EVENTS, "[[source]]").text.replace("redis://events.example.com:6379", mine)
    (folder / "sinks.toml").write_text(f"{sinks}\n{sources}")
    own = find_block(OWN_REDIS, "redis.example.com").text
    lines = [
        (own, {"redis.example.com:6379": store}),
        (find_block(SCALE_OUT, "--turn-processes 2").text, {}),
        (find_block(CALL_OVER_HTTP, "BATON_HTTP_HOSTS").text, {}),
        (find_block(SEND_EVENTS, "BATON_SINKS_FILE").text, {"sinks.toml": str(folder / "sinks.toml")}),
    ]
    said = [read_serving(line, replaced) for line, replaced in lines]
    env = {"BATON_SECRET_BILLING_HOOK": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"}
    for more, _ in said:
        env |= more
    with serve(folder / "first", env, [option for _, options in said for option in options]) as baton:
        yield baton


def run_block(text: str, baton: Baton, folder: Path) -> str:
    """What the commands print, one after the other as in one terminal."""
    tools = Path(sys.executable).parent
    env = {**os.environ, "BATON_URL": baton.url, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-ec", text], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{baton.logs()}"
    return done.stdout


def test_events_go_out_from_a_server_with_a_store_of_its_own(first: Baton, store: str, tmp_path: Path) -> None:
    sinks = first.rest.get("/event-sink")
    assert {sink["name"] for sink in sinks} >= {"billing", "warehouse"}
    event = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "nobody.knows", "data": {}}
    client: Any = redis.Redis
    with client.from_url(f"redis://user:password@{store}") as events:
        events.xadd("orders", {"event": json.dumps(event)})

    letter = until(lambda: first.rest.get("/dead-letter"), 60, first.logs)[0]["id"]
    (tmp_path / "event.json").write_text(json.dumps({**event, "type": "nobody.knows.still"}))
    text = find_block(SEND_EVENTS, "baton dead-letters list").text
    assert "5f0c3d2a9b8e7f6a5b4c3d2e" in text
    printed = run_block(text.replace("5f0c3d2a9b8e7f6a5b4c3d2e", letter), first, tmp_path)

    assert "orders  nobody.knows  " in printed
    assert f"changed {letter}" in printed
    assert first.rest.get("/dead-letter") == []


def test_schemas_are_registered_as_the_page_says(first: Baton, tmp_path: Path) -> None:
    first.deploy(ROOT / "definitions" / "sysops-ticket" / "sysops-ticket.bpmn")
    (tmp_path / "register.py").write_text(find_block(SCHEMA_REGISTRY, "schemaType").text)
    line = find_block(SCHEMA_REGISTRY, "python register.py").text
    with serve_host(reply(body=b'{"id": 7}', content_type="application/json")) as registry:
        address = f"http://127.0.0.1:{registry.port}"
        line = line.replace("http://127.0.0.1:8080", first.url).replace("http://registry.example.com:8081", address)
        printed = run_block(line, first, tmp_path)

    assert "ticket.resolved 1 7" in printed.splitlines()
    (request,) = [it for it in registry.requests if b"/subjects/ticket.resolved-1-value/versions" in it]
    body = json.loads(request.partition(b"\r\n\r\n")[2])
    schema = json.loads(body["schema"])
    assert (body["schemaType"], schema["properties"]["type"]) == ("JSON", {"const": "ticket.resolved"})


def test_the_orders_of_the_tutorial_are_started_in_a_terminal(first: Baton, tmp_path: Path) -> None:
    first.deploy(ROOT / "docs" / "tutorial" / "order.bpmn")
    orders = find_block(TUTORIAL, "baton start order").text
    assert "seq 3 50" in orders
    run_block(orders.replace("seq 3 50", "seq 3 4"), first, tmp_path)  # each takes as long as a Python takes to start

    def wait_for_stock() -> bool:
        return bool(first.rest.get("/execution", {"messageEventSubscriptionName": "Stock arrived"}))

    until(wait_for_stock, 60, first.logs)
    run_block(find_block(TUTORIAL, "baton message").text, first, tmp_path)

    until(lambda: not wait_for_stock(), 60, first.logs)


def test_what_leaves_loopback_and_shares_a_store_starts(first: Baton, folder: Path, store: str) -> None:
    """Behind a proxy, with a provider, on the store that another Baton uses."""
    provider = find_block(SECURE, "BATON_OPENID_ISSUER").text
    exported = dict(re.findall(r"^export (\w+)=(.+)$", provider, re.MULTILINE))
    exported["BATON_OPENID_LABEL"] = exported["BATON_OPENID_LABEL"].strip('"')
    lines = [
        (provider.splitlines()[-1], {}),
        (find_block(SECURE, "baton serve --sign-in").text.splitlines()[-1], {}),
        (find_block(SCALE_OUT, "store.example.com").text, {"store.example.com:6379": store}),
    ]
    said = [read_serving(line, replaced) for line, replaced in lines]
    env = {**exported, **{name: value for more, _ in said for name, value in more.items()}}
    options = [option for _, some in said for option in some]

    with serve(folder / "second", env, options, "--web-processes", "1") as second:
        there = {"Host": env["BATON_HOSTS"], "X-Forwarded-Proto": "https"}
        assert requests.get(f"{second.url}/readyz", headers=there, timeout=30).status_code == 200
        assert requests.get(f"{second.url}/engine-rest/deployment", headers=there, timeout=30).status_code == 401
        ways = requests.get(f"{second.url}/engine-rest/sign-in", headers=there, timeout=30).json()
        assert ways["provider"]["label"] == "Example"
    assert first.rest.get("/process-definition/count")["count"] > 0


def test_a_store_with_sentinels_is_used(folder: Path) -> None:
    home = folder / "sentinels"
    home.mkdir()
    sentinels = Sentinels(home)
    try:
        line = find_block(SCALE_OUT, "'sentinel://").text
        written = re.search(r"sentinel://[^']+", line)
        assert written
        env, options = read_serving(line, {written[0]: sentinels.url})
        with serve(folder / "third", env, options, *SMALL) as baton:
            there = {"Host": env["BATON_HOSTS"], "X-Forwarded-Proto": "https"}
            assert requests.get(f"{baton.url}/readyz", headers=there, timeout=30).status_code == 200
    finally:
        sentinels.stop()


def test_a_store_with_tls_is_used(folder: Path) -> None:
    authority = Authority(folder)
    server, mine = authority.issue("server", "localhost"), authority.issue("baton")
    valkey = start_server(folder / "tls", folder / "tls.sock")
    try:
        with relay_tls(str(folder / "tls.sock"), server, str(authority.ca)) as port:
            files = {"ca.pem": authority.ca, "cert.pem": mine.cert, "key.pem": mine.key}
            replaced = {f"/etc/baton/{name}": str(path) for name, path in files.items()}
            line = find_block(OWN_REDIS, "rediss://host:6379/0").text
            env, options = read_serving(line, {"host:6379": f"localhost:{port}", **replaced})
            with serve(folder / "fourth", env, options, *SMALL) as baton:
                assert baton.rest.get("/version")["version"]
    finally:
        valkey.stop()
