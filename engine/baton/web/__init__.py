"""HTTP: the REST API, the live stream and the designer. ``create_app(engine)`` is all that others need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.web.apart import OpenApart, is_stream
from baton.web.open_requests import OpenRequests
from baton.web.openid.settings import OpenIdSettings
from baton.web.settings import WebSettings

if TYPE_CHECKING:
    from baton.web.app import create_app

__all__ = ["OpenApart", "OpenIdSettings", "OpenRequests", "WebSettings", "create_app", "is_stream"]


def __getattr__(name: str) -> Any:
    """``create_app`` when it is asked for: settings alone are read without the routes (PEP 562)."""
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from baton.web.app import create_app

    return create_app
