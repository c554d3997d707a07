"""A whole Baton with TLS of its own, beyond loopback; client certificates; and what others check of it."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

import pytest

from baton.client import Client
from baton.client.async_client import AsyncClient
from baton.launcher.errors import CannotStart
from baton.launcher.exposure import read_exposure
from baton.launcher.tls import read_fingerprint
from baton.worker import EngineRefused, EngineUnreachable, Rest
from baton.worker.tls import TlsOptions, make_session
from tests.certificates import Authority, Pair
from tests.docs.pages import find_block, read_serving
from tests.e2e.test_signing_in import PASSWORD, find_token
from tests.running import Baton

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
HOSTS = {"BATON_HOSTS": "baton.example.com"}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Short: a socket lies in it."""
    path = Path(tempfile.mkdtemp(prefix="baton-"))
    yield path
    rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def server(authority: Authority) -> Pair:
    """For a name that Baton's own processes do not ask by."""
    return authority.issue("baton.example.com", "baton.example.com", "localhost")


@pytest.fixture(scope="module")
def baton(folder: Path, authority: Authority, server: Pair) -> Iterator[Baton]:
    line = find_block("docs/how-to/secure.md", "--tls-cert chain.pem").text
    said, options = read_serving(line, {"chain.pem": str(server.cert), "key.pem": str(server.key)})
    assert said == HOSTS
    env = {
        **said,
        "BATON_TLS_CLIENT_CA": str(authority.ca),
        "BATON_CLIENT_CERTIFICATES": "billing=key:billing,anna=user:anna",
    }
    baton = Baton(folder / "data", *options, env=env)
    baton.url = f"https://localhost:{baton.port}"
    baton.start()
    yield baton
    baton.kill()


def ask(baton: Baton, **options: str | None) -> Rest:
    return Rest(f"{baton.url}/engine-rest", make_session=lambda: make_session(TlsOptions(**options)))


@pytest.fixture(scope="module")
def key(baton: Baton, authority: Authority) -> str:
    """The API key ``billing``, made by the first administrator."""
    session = make_session(TlsOptions(ca_file=str(authority.ca)))
    body = {"token": find_token(baton), "id": "boss", "password": PASSWORD}
    made = session.post(f"{baton.url}/engine-rest/first-administrator", json=body, timeout=30)
    assert "Secure" in made.headers["Set-Cookie"]
    assert "max-age=" in made.headers["Strict-Transport-Security"]
    new = {"name": "billing", "roles": ["operator"]}
    return str(session.post(f"{baton.url}/engine-rest/api-key/create", json=new, timeout=30).json()["key"])


def test_it_serves_with_tls_only_and_its_own_workers_know_it(
    baton: Baton, key: str, authority: Authority, server: Pair
) -> None:
    ca = str(authority.ca)
    with Client(baton.url, api_key=key, make_session=lambda: make_session(TlsOptions(ca_file=ca))) as client:
        started = client.start("order-fulfilment", {"orderId": "1", "items": [], "amount": 1})
        assert started.id
    with pytest.raises(EngineUnreachable):
        ask(baton).get("/version")
    assert ask(baton, fingerprint=read_fingerprint(server.cert)).get("/version")["version"]
    with pytest.raises(EngineUnreachable):
        ask(baton, fingerprint="0" * 64).get("/version")


@pytest.mark.usefixtures("key")
def test_a_client_certificate_says_who_asks(
    baton: Baton, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing, stranger = authority.issue("billing"), authority.issue("stranger")
    ca = str(authority.ca)
    mine = ask(baton, ca_file=ca, cert=str(billing.cert), key=str(billing.key))
    assert (mine.get("/me")["kind"], mine.get("/me")["id"]) == ("key", "billing")
    with pytest.raises(EngineRefused, match="but found 'stranger'"):
        ask(baton, ca_file=ca, cert=str(stranger.cert), key=str(stranger.key)).get("/me")
    with pytest.raises(EngineRefused, match="the request has none"):
        ask(baton, ca_file=ca).get("/me")
    forged = Authority(tmp_path, "others").issue("billing")
    with pytest.raises(EngineUnreachable):
        ask(baton, ca_file=ca, cert=str(forged.cert), key=str(forged.key)).get("/me")

    for name, value in {"CA_FILE": ca, "CLIENT_CERT": billing.cert, "CLIENT_KEY": billing.key}.items():
        monkeypatch.setenv(f"BATON_{name}", str(value))
    assert asyncio.run(_count_definitions(baton.url)) > 0


async def _count_definitions(url: str) -> int:
    async with AsyncClient(url) as client:
        return len(await client.list_definitions(latestVersion=True))


def test_what_is_no_tls_gets_no_answer_and_keeps_nobody_waiting(baton: Baton, authority: Authority) -> None:
    with socket.create_connection(("127.0.0.1", baton.port), timeout=30) as plain, socket.socket() as silent:
        silent.connect(("127.0.0.1", baton.port))
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with suppress(ConnectionResetError):
            assert b"HTTP/1.1 200" not in plain.recv(1000)
        assert ask(baton, ca_file=str(authority.ca)).get("/version")


def test_what_does_not_fit_together_is_refused_at_the_start(server: Pair, authority: Authority, tmp_path: Path) -> None:
    other = authority.issue("other")
    missing = tmp_path / "missing.pem"
    for cert, key in ((server.cert, other.key), (server.cert, None), (missing, server.key), (server.key, server.key)):
        with pytest.raises(CannotStart, match=r"Expected a certificate and its key in PEM"):
            read_exposure("0.0.0.0:1", None, False, HOSTS, tls_cert=cert, tls_key=key)
    with pytest.raises(CannotStart, match="Expected a certificate"):
        read_exposure("0.0.0.0:1", None, False, HOSTS, tls_key=server.key)
    assert read_exposure("0.0.0.0:1", None, False, HOSTS, tls_cert=server.cert, tls_key=server.key).scheme == "https"
