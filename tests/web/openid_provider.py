"""An OpenID provider on loopback that does wrong what a test tells it to; real ones cannot be made to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "baton", "a secret of the client that is long enough"


@cache
def make_key(kid: str, number: int = 0) -> RSAKey:
    """Made once, since it takes a while; another ``number`` is another key."""
    del number
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class Provider:
    """``claims`` and ``userinfo`` are what it says about somebody; ``sign`` makes the ID token of the claims."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: make_key("first"))
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    userinfo: dict[str, Any] | None = None
    description: dict[str, Any] = field(default_factory=dict[str, Any])
    refuses: bool = False
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """The forms that came to the token endpoint."""
    sign: Callable[[dict[str, Any]], str] | None = None

    def sign_with(self, algorithm: str) -> None:
        """The client's secret instead of the provider's key, or nothing at all."""
        key = OctKey.import_key(SECRET)
        self.sign = lambda claims: jwt.encode({"alg": algorithm, "kid": "first"}, claims, key, algorithms=[algorithm])

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._describe()
            case "/keys":
                return 200, {"keys": [self.key.as_dict(private=False)]}
            case "/token":
                self.asked.append(form)
                return (400, {"error": "invalid_grant"}) if self.refuses else (200, self._make_tokens())
            case "/userinfo":
                return 200, self.userinfo or {}
            case _:
                return 404, {}

    def _describe(self) -> dict[str, Any]:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
        }
        if self.userinfo is not None:
            found["userinfo_endpoint"] = f"{self.issuer}/userinfo"
        return {**found, **self.description}

    def _make_tokens(self) -> dict[str, Any]:
        header = {"alg": "RS256", "kid": self.key.kid}
        token = self.sign(self.claims) if self.sign else jwt.encode(header, self.claims, self.key)
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": token}


@contextmanager
def serve_provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(text).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, body = provider.answer(self.path, form)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Not into the output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
