"""Finds the caller of a request by its headers."""

from __future__ import annotations

import binascii
from base64 import b64decode
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Response

from baton.model.errors import NotSignedIn, Overloaded
from baton.service import KEY_PREFIX, Caller, SignIn
from baton.web.settings import WebSettings

SESSION_COOKIE = "baton_session"
_UNATTENDED = "HTTP_X_BATON_UNATTENDED"
"""A page asks by itself, nobody is there: the session does not go on by it."""


class Callers:
    """An API key (``Authorization: Bearer``), name and password or a key (``Basic``), or the cookie of a session."""

    def __init__(self, sign_in: SignIn, settings: WebSettings) -> None:
        self._sign_in, self._behind_proxy = sign_in, settings.behind_proxy
        self._certificates = dict(settings.client_certificates) if settings.tls_client_ca is not None else {}

    def find(self, environ: dict[str, Any], *, renew: bool = True) -> Caller:
        """``renew``: a session goes on by it. Raises NotSignedIn, TooManyAttempts."""
        given: str | None = environ.get("HTTP_AUTHORIZATION")
        if given is not None:
            return self._find_by_header(given, environ)
        token = read_session(environ)
        if token is None and self._certificates:
            return self._find_by_certificate(environ)
        if token is None:
            raise NotSignedIn("Expected somebody who has signed in, or an API key, but the request has neither")
        return self._sign_in.find_by_session(token, renew=renew and _UNATTENDED not in environ)

    def allows(self, environ: dict[str, Any], before: Caller) -> bool:
        """Whether the caller of an open request may still do what they might when it began, no more and no less.

        Else it ends: who sends it again gets what they may see now.
        """
        try:
            return self.find(environ, renew=False).has_same_rights(before)
        except NotSignedIn:
            return False
        except Overloaded:
            return True  # nobody can tell at the moment

    def _find_by_certificate(self, environ: dict[str, Any]) -> Caller:
        """By the common name of a certificate that TLS has checked."""
        name = _read_common_name(environ)
        if name is None:
            raise NotSignedIn("Expected a client certificate, an API key or a session, but the request has none")
        who = self._certificates.get(name)
        if who is None:
            raise NotSignedIn(
                f"Expected a client certificate that somebody has here (setting BATON_CLIENT_CERTIFICATES), but found "
                f"'{name}'"
            )
        return self._sign_in.find_by_name(who)

    def _find_by_header(self, given: str, environ: dict[str, Any]) -> Caller:
        scheme, _, value = given.partition(" ")
        match scheme.lower():
            case "bearer":
                return self._sign_in.find_by_key(value.strip())
            case "basic":
                name, password = _read_basic(value)
                if password.startswith(KEY_PREFIX):
                    return self._sign_in.find_by_key(password)
                return self._sign_in.find_by_password(name, password, find_address(environ, self._behind_proxy))
            case _:
                raise NotSignedIn(f"Expected an Authorization header of Bearer or Basic, but found '{scheme}'")


def _read_common_name(environ: dict[str, Any]) -> str | None:
    """Of the client certificate; None without one."""
    read = getattr(environ.get("gunicorn.socket"), "getpeercert", None)
    found: dict[str, Any] = (read() if read is not None else None) or {}
    return next((value for part in found.get("subject", ()) for name, value in part if name == "commonName"), None)


def read_session(environ: dict[str, Any]) -> str | None:
    """The token of the session, if the request has one."""
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(SESSION_COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


def find_address(environ: dict[str, Any], behind_proxy: bool) -> str:
    """The client's address. Behind a proxy it is the last one in the header: only that one the proxy has added."""
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if behind_proxy else ""
    return forwarded.rpartition(",")[2].strip() or environ.get("REMOTE_ADDR", "")


def is_secure(environ: dict[str, Any], behind_proxy: bool) -> bool:
    """Whether the browser has used TLS, here or up to the proxy."""
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO", "") if behind_proxy else ""
    return (forwarded or environ.get("wsgi.url_scheme", "")) == "https"


def set_session(response: Response, token: str, environ: dict[str, Any], behind_proxy: bool) -> None:
    """Until the browser is closed: when the session ends, the server knows."""
    secure = is_secure(environ, behind_proxy)
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Strict", secure=secure)


def _read_basic(value: str) -> tuple[str, str]:
    try:
        name, separator, password = b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        separator = ""
        name = password = ""
    if not separator:
        raise NotSignedIn("Expected an Authorization header with base64 of 'name:password', but it is not")
    return name, password
