"""What the tests put before a store leaves nothing open that would be found, and blamed on another test, later."""

from __future__ import annotations

import gc
import socket
import ssl
import warnings
from pathlib import Path

from tests.certificates import Authority
from tests.store.tls_relay import relay_tls


def test_a_relay_closes_what_its_clients_keep_open(valkey: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    mine = authority.issue("baton")
    context = ssl.create_default_context(cafile=str(authority.ca))
    context.load_cert_chain(mine.cert, mine.key)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with relay_tls(
            valkey.removeprefix("unix://"), authority.issue("store", "localhost"), str(authority.ca)
        ) as port:
            # It never reads, so it never answers that the relay says goodbye.
            client = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
            client.sendall(b"PING\r\n")
            assert client.recv(100)
            halfway = socket.create_connection(("127.0.0.1", port))
        gc.collect()
        client.close()
        halfway.close()
    assert [str(it.message) for it in said if it.category is ResourceWarning] == []
