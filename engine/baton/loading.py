"""Starts a process of Baton: ``python -m baton.loading MODULE ARGUMENTS…`` imports it and calls its ``main`` with them.

What an import makes stays for as long as the process: to look for garbage in it, again and again while it grows, took a
fifth of each start.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def suspend_collecting() -> Generator[None]:
    """Python looks for no garbage inside."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def keep_loaded() -> Generator[None]:
    """The same, and what there is at the end is left out of all collections, those of forked processes too."""
    with suspend_collecting():
        yield
        gc.freeze()


def run(module: str, *arguments: str) -> None:
    """Import the module, and call its ``main``."""
    with keep_loaded():
        main = import_module(module).main
    main(*arguments)


if __name__ == "__main__":
    run(*sys.argv[1:])
