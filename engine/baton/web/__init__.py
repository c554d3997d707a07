"""HTTP: the REST API, the live stream and the designer. ``create_app(engine)`` is all that others need."""

from __future__ import annotations

from baton.web.app import create_app
from baton.web.openid.settings import OpenIdSettings
from baton.web.settings import WebSettings

__all__ = ["OpenIdSettings", "WebSettings", "create_app"]
