"""Engines on one store, with a clock that is moved, as the tests of the service have them."""

from __future__ import annotations

from tests.service.conftest import clock, engines, url

__all__ = ["clock", "engines", "url"]
