"""Deploying files, checking them, and starting what is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from baton.client.call import Call, File, drop_none, make_params
from baton.client.shapes import Definition, Deployment, Problem, Started
from baton.worker.results import read_result
from baton.worker.values import to_typed_variables

ENDINGS = (".bpmn", ".dmn", ".events.json", ".form")
"""How the names of files end that are taken of a folder."""


def deploy(
    paths: Sequence[str | Path], *, name: str | None, source: str, tenant_id: str | None, always: bool
) -> Call[Deployment]:
    """Raises FileNotFoundError for a path that is not there, ValueError when there is nothing to deploy."""
    files = find_files(paths)
    texts = {
        "deployment-name": name or files[0].stem,
        "deployment-source": source,
        "enable-duplicate-filtering": "false" if always else "true",
        "deploy-changed-only": "false",
        "tenant-id": tenant_id,
    }
    parts: dict[str, File] = {key: (None, text) for key, text in texts.items() if text is not None}
    parts |= {f"file-{number}": (path.name, path.read_bytes()) for number, path in enumerate(files)}
    return Call(method="POST", path="/deployment/create", files=parts, read=_read_deployment)


def check(paths: Sequence[str | Path]) -> Call[list[Problem]]:
    resources = [{"name": path.name, "content": path.read_text(encoding="utf-8")} for path in find_files(paths)]
    return Call(
        method="POST",
        path="/process-definition/check",
        body={"resources": resources},
        read=lambda answer: [Problem.model_validate(problem) for problem in answer["problems"]],
    )


def delete_deployment(deployment_id: str, *, cascade: bool) -> Call[None]:
    params = make_params({"cascade": cascade or None})
    return Call(
        method="DELETE", path=f"/deployment/{quote(deployment_id, safe='')}", params=params, read=lambda _: None
    )


def list_definitions(filters: Mapping[str, Any]) -> Call[list[Definition]]:
    return Call(
        method="GET",
        path="/process-definition",
        params=make_params(filters),
        read=lambda answer: [Definition.model_validate(fields) for fields in answer],
    )


def get_bpmn(definition_id: str) -> Call[str]:
    path = f"/process-definition/{quote(definition_id, safe='')}/xml"
    return Call(method="GET", path=path, read=lambda answer: str(answer["bpmn20Xml"]))


def start(
    key: str, variables: object, *, business_key: str | None, tenant_id: str | None, unique_business_key: bool
) -> Call[Started]:
    path = f"/process-definition/key/{quote(key, safe='')}"
    body = {
        "variables": make_variables(variables),
        "businessKey": business_key,
        "uniqueBusinessKey": unique_business_key or None,
    }
    tenant = "" if tenant_id is None else f"/tenant-id/{quote(tenant_id, safe='')}"
    return Call(method="POST", path=f"{path}{tenant}/start", body=drop_none(body), read=Started.model_validate)


def find_files(paths: Sequence[str | Path]) -> list[Path]:
    """The files, and of folders all that can be deployed, in them and below."""
    found = [file for path in map(Path, paths) for file in _list_folder(path)]
    if not found:
        raise ValueError(f"Expected files to deploy ({', '.join(ENDINGS)}), but found none in {list(paths)}")
    return found


def make_variables(variables: object) -> dict[str, Any]:
    """Typed variables of a mapping, or of the fields of a dataclass or pydantic model. Raises TypeError."""
    return to_typed_variables(read_result(variables))


def _list_folder(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.name.endswith(ENDINGS) and file.is_file())
    if not path.is_file():
        raise FileNotFoundError(f"Expected a file or folder to deploy, but there is no {path}")
    return [path]


def _read_deployment(answer: Mapping[str, Any]) -> Deployment:
    by_id: Mapping[str, Any] = answer.get("deployedProcessDefinitions") or {}
    return Deployment.model_validate({**answer, "definitions": list(by_id.values())})
