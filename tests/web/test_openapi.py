"""The description is made from the routes that are served, so that it cannot leave one out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from baton.web.resources import GROUPS
from baton.web.routes.document import describe
from tests.web.conftest import BufferedClient


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return describe(GROUPS)


def test_every_route_of_the_api_is_described(app: Flask, description: dict[str, Any]) -> None:
    served = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/engine-rest")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(method, path) for path, operations in description["paths"].items() for method in operations}
    assert served == described
    assert len(served) > 150


def test_every_operation_says_what_it_does_under_a_name_of_its_own(description: dict[str, Any]) -> None:
    operations = [item for path in description["paths"].values() for item in path.values()]
    assert all(operation["summary"] and operation["responses"] for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                found.add(value["$ref"].removeprefix("#/components/schemas/"))
            for item in value.values():
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)

    look(description)
    assert found <= set(schemas)
    assert all(schemas[name] for name in found)


def test_path_parameters_are_declared(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for operation in operations.values():
            declared = {item["name"] for item in operation["parameters"] if item["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))


def test_the_page_to_try_it_needs_no_network(app: Flask) -> None:
    client = BufferedClient(app)
    page = client.get("/openapi").text
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/openapi/")
        assert client.get(address).status_code == 200
    assert client.get("/openapi/openapi.json").get_json()["openapi"] == "3.1.0"
