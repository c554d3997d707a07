"""A whole Baton that must know who asks: the first administrator, people, keys, its own workers; and in a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from baton.launcher.errors import CannotStart
from baton.launcher.exposure import read_exposure
from baton.worker import EngineRefused
from tests.docs.pages import find_block, read_serving
from tests.programs import require_chromium, require_folder, require_program
from tests.running import ROOT, Baton, running

PASSWORD = "correct horse battery"
BROWSER_TESTS = ROOT / "tests" / "browser" / "guarded"
SCENARIOS = ("signing-in", "openid", "administration", "audit", "roles", "second-person", "session-end", "canary")
PROVIDER = ROOT / "tests" / "openid"

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def provider() -> Iterator[subprocess.Popen[str]]:
    """A real OpenID provider, which waits to be told the address of a Baton."""
    node = require_program("node")
    require_folder(PROVIDER / "node_modules", "make test-all, or npm ci in tests/openid")
    command = [node, "provider.mjs"]
    with subprocess.Popen(command, cwd=PROVIDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def baton(provider: subprocess.Popen[str]) -> Iterator[Baton]:
    assert provider.stdin is not None
    assert provider.stdout is not None
    env = {
        "BATON_OPENID_ISSUER": provider.stdout.readline().strip(),
        "BATON_OPENID_CLIENT_ID": "baton",
        "BATON_OPENID_CLIENT_SECRET": "a secret of the client that is long enough",
        "BATON_OPENID_LABEL": "Acme",
        "BATON_SENSITIVE_VARIABLES": "canaryCard",
    }
    with running("--sign-in", "--web-processes", "1", env=env) as baton:
        print(baton.url, file=provider.stdin, flush=True)
        yield baton


def find_token(baton: Baton) -> str:
    found = re.search(r"first-administrator\?token=(\S+)", baton.output)
    assert found, baton.output
    return found[1]


def run_block(baton: Baton, words: str, key: str, said: str = "") -> str:
    """What the commands of the page print; ``said``: what is typed."""
    text = find_block("docs/how-to/secure.md", words).text.replace("BATON_API_KEY=…", f"BATON_API_KEY={key}")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "BATON_URL": baton.url, "BATON_API_KEY": key, "PATH": path}
    command = ["bash", "-ec", text]
    done = subprocess.run(
        command, capture_output=True, text=True, env=env, input=said, timeout=120, check=False, start_new_session=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def run_command(baton: Baton, *arguments: str, key: str) -> str:
    env = {**os.environ, "BATON_URL": baton.url, "BATON_API_KEY": key}
    command = [sys.executable, "-m", "baton.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.node
@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_people_sign_in_in_a_browser(baton: Baton) -> None:
    """One after the other: the link for the first administrator is good once."""
    env = {**os.environ, "BATON_URL": baton.url, "BATON_INVITATION": find_token(baton), "CHROMIUM": require_chromium()}
    for scenarios in SCENARIOS:
        command = [require_program("node"), str(BROWSER_TESTS / f"{scenarios}.test.mjs")]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=600, check=False)
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"


def test_an_administrator_lets_people_and_programs_in_and_they_work_together(tmp_path: Path) -> None:
    env, options = read_serving(find_block("docs/how-to/secure.md", "serve --sign-in").text.splitlines()[0], {})
    with running(*options, "--web-processes", "1", env=env) as baton:
        with pytest.raises(EngineRefused, match="Expected somebody who has signed in"):
            baton.rest.get("/process-instance")

        session = requests.Session()
        body = {"token": find_token(baton), "id": "boss", "password": PASSWORD}
        session.post(f"{baton.url}/engine-rest/first-administrator", json=body, timeout=30).raise_for_status()
        made = session.post(
            f"{baton.url}/engine-rest/api-key/create", json={"name": "admin", "roles": ["administrator"]}, timeout=30
        )
        key = made.json()["key"]

        assert "anna" in run_block(baton, "baton group create", key, f"{PASSWORD}\n{PASSWORD}\n")
        assert "payments" in run_block(baton, "baton key create", key)
        run_block(baton, "baton tenant create", key)
        starter = run_command(baton, "key", "create", "shop", "--role", "starter", "--role", "viewer", key=key)

        # The demo workers of this Baton have a key of its own.
        ended = run_command(baton, "start", "order-fulfilment", "--business-key", "A-1", "--wait", key=starter)
        assert "completed" in ended
        assert requests.get(f"{baton.url}/engine-rest/me", auth=("anna", PASSWORD), timeout=30).json()["roles"] == [
            "modeler",
            "operator",
        ]
        baton.stop()
        baton.start()
        assert "first-administrator" not in baton.output.rpartition("Baton is running")[2]


@pytest.mark.parametrize(
    ("behind_proxy", "environment", "missing"),
    [
        (False, {}, ["unencrypted", "BATON_HOSTS"]),
        (True, {}, ["BATON_HOSTS"]),
        (False, {"BATON_HOSTS": "baton.example.com"}, ["unencrypted"]),
    ],
)
def test_beyond_loopback_it_does_not_start_without_what_it_needs(
    behind_proxy: bool, environment: dict[str, str], missing: list[str]
) -> None:
    with pytest.raises(CannotStart) as refused:
        read_exposure("0.0.0.0:8080", None, behind_proxy, environment)
    assert all(word in str(refused.value) for word in missing)
    assert ("BATON_HOSTS=" in str(refused.value)) == ("BATON_HOSTS" in missing)


def test_what_is_said_on_the_command_line_goes_before_the_settings() -> None:
    hosts = {"BATON_HOSTS": "baton.example.com"}
    assert read_exposure("0.0.0.0:1", None, True, hosts).requires_sign_in
    assert read_exposure("0.0.0.0:1", None, True, {"BATON_HOSTS": "*"}).requires_sign_in
    assert not read_exposure("0.0.0.0:1", False, False, {}).requires_sign_in
    assert not read_exposure("0.0.0.0:1", None, False, {"BATON_SIGN_IN": "open"}).requires_sign_in
    assert read_exposure("127.0.0.1:1", True, False, {}).requires_sign_in
    assert not read_exposure("127.0.0.1:1", None, False, {}).requires_sign_in
