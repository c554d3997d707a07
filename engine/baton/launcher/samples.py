"""The processes that ship with Baton, and how files get onto a server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from baton.worker import Rest

_PACKAGE = Path(__file__).parents[1]


def find_samples_folder() -> Path:
    """Inside an installed package, or beside it in a clone."""
    packed = _PACKAGE / "samples"
    return packed if packed.is_dir() else _PACKAGE.parents[1] / "definitions"


def list_samples() -> list[Path]:
    """One folder per sample."""
    return sorted(path.parent for path in find_samples_folder().glob("*/workers.py"))


def deploy_samples(rest: Rest) -> None:
    """What is deployed already and has not changed stays as it is."""
    for folder in list_samples():
        files = sorted(path for kind in ("bpmn", "dmn", "form") for path in folder.glob(f"*.{kind}"))
        deploy_files(rest, folder.name, files, source="samples")


def deploy_files(rest: Rest, name: str, files: Sequence[Path], *, source: str, again: bool = False) -> dict[str, Any]:
    """Deploy together. Raises EngineRefused with the problems found."""
    fields: dict[str, tuple[str | None, Any]] = {
        "deployment-name": (None, name),
        "deployment-source": (None, source),
        "enable-duplicate-filtering": (None, "false" if again else "true"),
        "deploy-changed-only": (None, "false"),
    }
    with ExitStack() as stack:
        for number, path in enumerate(files):
            fields[f"file-{number}"] = (path.name, stack.enter_context(path.open("rb")))
        return rest.request("POST", "/deployment/create", files=fields)
