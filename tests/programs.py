"""Programs that some tests need and that are no part of Baton."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def require_program(*names: str) -> str:
    """The path of the first of these programs that is there.

    Without any the test is skipped; under ``BATON_REQUIRE_ALL=1``, as in CI, it fails.
    """
    for name in names:
        if path := shutil.which(name):
            return path
    return _skip(f"Expected the program '{names[0]}', but it is not on PATH: install it to run this test")


def require_module(name: str) -> None:
    """The same for a module of a third party."""
    if importlib.util.find_spec(name) is None:
        _skip(f"Expected the module '{name}', but it is not there: install what requirements-dev.lock names")


def require_folder(path: Path, how: str) -> None:
    """The same for what is installed below the tests."""
    if not path.is_dir():
        _skip(f"Expected the folder '{path}', but it is not there: {how}")


def _skip(missing: str) -> NoReturn:
    if os.environ.get("BATON_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def require_chromium() -> str:
    """The path of ``CHROMIUM``, or of one on PATH."""
    return require_program(*filter(None, (os.environ.get("CHROMIUM"), *CHROMIUM)))
