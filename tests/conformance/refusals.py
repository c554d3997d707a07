"""Models that must not be deployed: which rule refused each, and at which element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from baton.worker import EngineRefused, Rest


@dataclass(frozen=True)
class Refusal:
    name: str
    refused: bool
    rules: str
    elements: str


def refuse(rest: Rest, model: Path) -> Refusal:
    """Deploy it as it is. What is deployed after all is deleted again."""
    files = {"deployment-name": (None, model.stem), "file": (model.name, model.read_bytes())}
    try:
        deployment = rest.request("POST", "/deployment/create", files=files)
    except EngineRefused as error:
        return _of_problems(model, error)
    rest.request("DELETE", f"/deployment/{deployment['id']}", params={"cascade": "true"})
    return Refusal(model.stem, False, "", "")


def _of_problems(model: Path, error: EngineRefused) -> Refusal:
    errors = [problem for problem in error.body.get("problems", []) if problem["severity"] == "error"]
    rules = ", ".join(dict.fromkeys(problem["rule"] for problem in errors))
    elements = ", ".join(dict.fromkeys(problem["element"] or f"line {problem['line']}" for problem in errors))
    return Refusal(model.stem, bool(errors), rules, elements)
