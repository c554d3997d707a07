"""``make fuzz-api``: requests made from the OpenAPI description, valid and invalid; the answers must be as described.

usage: python -m tests.web.fuzz [--examples 100] [--seed 1] [--signed-in]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Err
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from baton.log_settings import LogSettings
from baton.logs import set_up
from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.store.server import start_server
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.tenants import CANARY, FOREIGN, OWN, Things, make_headers, make_things

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance]
ENDLESS = ("/stream",)
SETTINGS = WebSettings(hosts=None, max_long_poll_ms=1)
"""No request may wait for tasks."""


def fuzz(app: Flask, examples: int, start: int) -> dict[str, str]:
    """Send so many valid and so many invalid requests to each operation; what was found, by operation.

    The same numbers make the same requests.
    """
    _fill(Api(app.test_client()))
    found: dict[str, str] = {}
    for operation in _operations(app):
        for mode in _modes(operation):
            try:
                _make_run(operation, mode, examples, start)()
            except FailureGroup as failures:
                found[operation.label] = str(failures)
    return found


def fuzz_as(roles: Iterable[Role], engine: Engine, examples: int, start: int) -> dict[str, str]:
    """The same with the key of each role for one of two tenants: no 500, and nothing of the other tenant in any answer.

    Every second request has the ids of what the other tenant has.
    """
    guarded = create_app(engine, SETTINGS.model_copy(update={"sign_in": "required"}))
    whole = create_app(engine, SETTINGS)
    _, foreign = (make_things(whole, guarded, engine, tenant) for tenant in (OWN, FOREIGN))
    found = dict[str, str]()
    for role in roles:
        headers = make_headers(engine, [role], OWN)
        for operation in _operations(guarded):
            try:
                _make_signed_run(operation, headers, foreign, examples, start)()
            except (FailureGroup, AssertionError) as failures:
                found[f"{role} {operation.label}"] = str(failures)
    return found


def _make_signed_run(
    operation: Any, headers: dict[str, str], foreign: Things, examples: int, start: int
) -> Callable[[], None]:
    swapped = foreign.find_parts(operation.path.removeprefix("/engine-rest"))

    @seed(start)
    @_bound(examples)
    @given(case=operation.as_strategy(), swaps=booleans())
    def run(case: Any, swaps: bool) -> None:
        if swaps:
            case.path_parameters.update(swapped)
        response = case.call(headers=headers)
        assert response.status_code < 500 or is_refusal(response.text), f"{response.status_code}: {response.text[:500]}"
        assert f"{CANARY}-{FOREIGN}" not in response.text, response.text[:2000]

    return run


def is_refusal(text: str) -> bool:
    """Camunda 7 answers 500 where the state of an instance does not allow a request."""
    return '"type":"ProcessEngineException"' in text


def _bound(examples: int) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def _fill(api: Api) -> None:
    """Lists are to have something in them."""
    api.deploy("work", "person", "waiting")
    for key in ("work", "person", "waiting"):
        api.start(key, amount=12, name="x")
    api.fetch()


def _operations(app: Flask) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/openapi/openapi.json", app)
    for result in schema.get_all_operations():
        if isinstance(result, Err):
            raise result.err()
        operation = result.ok()
        if not operation.path.endswith(ENDLESS):
            yield operation


def _modes(operation: Any) -> list[GenerationMode]:
    """Any text is a valid part of a path, so that invalid requests need a query or a body."""
    described = operation.definition.raw
    has_query = any(parameter["in"] == "query" for parameter in described.get("parameters", ()))
    is_refutable = has_query or "requestBody" in described
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if is_refutable else [GenerationMode.POSITIVE]


def _make_run(operation: Any, mode: GenerationMode, examples: int, start: int) -> Callable[[], None]:
    @seed(start)
    @_bound(examples)
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    return run


def main() -> int:
    parser = argparse.ArgumentParser(description="Requests made from the OpenAPI description.")
    parser.add_argument("--examples", type=int, default=100, help="valid, and invalid, requests for each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signed-in", action="store_true", help="by the key of each role for one of two tenants")
    chosen = parser.parse_args()
    set_up("fuzz", LogSettings(log_level="error"))
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        server = start_server(Path(folder), Path(folder, "s"), fsync="no")
        engine = assemble(Settings(redis_url=server.url, partitions=4))
        if chosen.signed_in:
            found = fuzz_as(Role, engine, chosen.examples, chosen.seed)
        else:
            found = fuzz(create_app(engine, SETTINGS), chosen.examples, chosen.seed)
        engine.close()
        server.stop()
    for operation, failures in found.items():
        print(operation, failures, sep="\n", end="\n\n")
    print(f"{len(found)} operations do not answer as described")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
