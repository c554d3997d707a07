"""One process for the programs on the bus of the samples, each of which can also run by itself.

``python -m baton.loading baton.launcher.participants NAME``; with ``prepare`` it makes their queues, and ends.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

from baton import logs
from baton.launcher.samples import find_samples_folder, list_participants
from baton.launcher.signals import on_stop
from baton.secrets import SecretResolver, SecretSettings

PREPARE = "prepare"


def load_participant(path: Path) -> Any:
    """What the program calls ``PARTICIPANT``. Raises what its file raises."""
    spec = importlib.util.spec_from_file_location(f"participant_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"Expected a Python file, but found {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PARTICIPANT


def main(name: str) -> None:
    logs.set_up(name)
    stop = threading.Event()
    on_stop(stop.set)
    url = SecretResolver(SecretSettings.from_environment()).get("SAMPLES_BUS_ADDRESS")
    sys.path.insert(0, str(find_samples_folder() / "participants"))  # as Python does for a program that is run
    found = {path: load_participant(path) for path in list_participants()}
    if name == PREPARE:
        import_module("brokers.rabbitmq").prepare(url, [participant.name for participant in found.values()])
        return
    for path, participant in found.items():
        threading.Thread(target=participant.run, args=(url,), name=f"baton-{path.stem}", daemon=True).start()
    stop.wait()
