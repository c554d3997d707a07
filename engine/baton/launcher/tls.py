"""TLS of the web: gunicorn reads this file as its settings when ``baton serve`` has a certificate."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from baton.launcher.errors import CannotStart


def ssl_context(_config: Any, make_default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """gunicorn's hook. TLS 1.2 and later; the handshake is left to the worker, which gives it a limited time."""
    context = make_default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.wrap_socket = partial(context.wrap_socket, do_handshake_on_connect=False)  # type: ignore[method-assign]
    return context


def complete_handshake(client: ssl.SSLSocket, seconds: float) -> bool:
    """Whether the client speaks TLS, and in time; if not, nothing can be answered."""
    try:
        client.settimeout(seconds)
        client.do_handshake()
        client.settimeout(None)
    except OSError:  # also what TLS itself finds wrong
        client.close()
        return False
    return True


def check_certificate(cert: Path, key: Path | None, client_ca: Path | None) -> None:
    """Raises CannotStart for files that do not fit, here once instead of in each process again and again."""
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client_ca)
        context.load_cert_chain(cert, key, password=_refuse_password)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        files = ", ".join(str(path) for path in (cert, key, client_ca) if path is not None)
        raise CannotStart(
            f"Expected a certificate and its key in PEM, without a password, in {files}, but: {error}"
        ) from None


def _refuse_password() -> str:
    raise ValueError("the key has a password")


def read_fingerprint(cert: Path) -> str:
    """SHA-256 of the certificate, in hexadecimal: by it Baton's own processes know the web."""
    text = cert.read_text(encoding="ascii", errors="replace")
    begin = text.index("-----BEGIN CERTIFICATE-----")
    end = text.index("-----END CERTIFICATE-----", begin) + len("-----END CERTIFICATE-----")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[begin:end])).hexdigest()
