"""The addresses of this Baton as the browser sees them."""

from __future__ import annotations

import re

from flask import Request

from baton.web.callers import is_secure
from baton.web.settings import WebSettings

_PAGE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,500}")


def find_site(request: Request, settings: WebSettings) -> str:
    """``https://host``; the guard has checked the host."""
    scheme = "https" if is_secure(request.environ, settings.behind_proxy) else "http"
    return f"{scheme}://{request.host}"


def make_redirect_uri(request: Request, settings: WebSettings) -> str:
    """Where the provider sends the browser; the provider knows it beforehand."""
    return f"{find_site(request, settings)}/engine-rest/sign-in/openid/callback"


def read_page(asked: str | None) -> str:
    """A page of this site to show after signing in; ``/`` for everything else, so that no link leads elsewhere."""
    return asked if asked is not None and _PAGE.fullmatch(asked) else "/"
