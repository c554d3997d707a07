"""A JSON Schema as text to what checks values, and what is wrong with one. https://json-schema.org/draft/2020-12"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from jsonschema_rs import Validator

PROPERTY = "baton:schema"
"""Extension property: the schema itself, or the file of the deployment that holds it."""
LONGEST = 65_536
"""Bytes of a schema."""
DEEPEST = 50
MOST_PARTS = 10_000
"""Schemas inside a schema, each as often as it is referred to."""
MASK = "the value"
"""Stands in messages for what was sent: they go to logs and incidents."""
DRAFTS = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-04/schema",
)
_ONE = (
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_LISTS = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_NAMED = ("dependencies", "dependentSchemas", "patternProperties", "properties")
_KEPT = ("$defs", "definitions")
_ELSEWHERE = ("$dynamicRef", "$recursiveRef", "$dynamicAnchor", "$recursiveAnchor")
_SILENT = frozenset(
    [
        "$schema",
        "$id",
        "$comment",
        "$anchor",
        "$vocabulary",
        "$ref",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "contentEncoding",
        "contentMediaType",
        "type",
        "enum",
        "const",
        "format",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minContains",
        "maxContains",
        "minProperties",
        "maxProperties",
        "required",
        "dependentRequired",
    ]
)
_KNOWN = _SILENT.union(_ONE, _LISTS, _NAMED, _KEPT, _ELSEWHERE)


class WrongSchema(Exception):
    """The text is no schema that can be used; the message says what was expected and what was found."""


def list_mistakes(text: str) -> tuple[list[str], list[str]]:
    """Why a schema cannot be used, and which of its words have no effect."""
    try:
        build_validator(text)
    except WrongSchema as error:
        return [str(error)], []
    words = sorted({word for part in _walk(json.loads(text)) for word in part.keys() - _KNOWN})
    return [], [
        f"Expected keywords of JSON Schema, but found '{word}', which has no effect"
        for word in words
        if not word.startswith("x-")
    ]


@lru_cache(maxsize=128)
def build_validator(text: str) -> Validator:
    """Checks values; safe for threads. Raises WrongSchema."""
    import jsonschema_rs

    schema = _parse(text)
    try:
        jsonschema_rs.meta.validate(schema)
        return jsonschema_rs.validator_for(
            schema,
            mask=MASK,
            pattern_options=jsonschema_rs.RegexOptions(),
            validate_formats=True,
            ignore_unknown_formats=False,
            offline=True,
        )
    except jsonschema_rs.ValidationError as error:
        place = "".join(f"/{part}" for part in error.instance_path) or "/"
        raise WrongSchema(f"Expected a JSON Schema, but at '{place}' found a mistake: {error.message}") from None
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise WrongSchema(f"Expected a JSON Schema, but found a mistake: {error}") from None


@lru_cache(maxsize=128)
def list_names(text: str) -> frozenset[str]:
    """The variables that a schema names in its ``properties``, also behind ``$ref`` and in ``allOf``.

    Raises WrongSchema.
    """
    schema, names = _parse(text), set[str]()
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found = cast("dict[str, Any]", part)
            names.update(found.get("properties", {}))
            waiting += found.get("allOf", [])
            waiting += [_resolve(found["$ref"], schema)] if "$ref" in found else []
    return frozenset(names)


def _parse(text: str) -> dict[str, Any]:
    if len(text.encode(errors="surrogatepass")) > LONGEST:
        raise WrongSchema(f"Expected a JSON Schema of at most {LONGEST} bytes, but found more")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongSchema(f"Expected a JSON Schema, but found what is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise WrongSchema("Expected a JSON Schema that is an object ({…}), but found something else")
    schema = cast("dict[str, Any]", found)
    if _measure_depth(schema) > DEEPEST:
        raise WrongSchema(f"Expected a JSON Schema nested at most {DEEPEST} deep, but found more")
    draft = schema.get("$schema", DRAFTS[0])
    if not isinstance(draft, str) or draft.rstrip("#") not in DRAFTS:
        raise WrongSchema(f"Expected a draft of JSON Schema among {', '.join(DRAFTS)}, but found {json.dumps(draft)}")
    if _count_parts(schema, schema, (), {}) > MOST_PARTS:
        raise WrongSchema(f"Expected a JSON Schema of at most {MOST_PARTS} parts, but its references make more of it")
    return schema


def _measure_depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        level = [inner for item in level for inner in _list_inside(item)]
        depth += 1
    return depth


def _list_inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).values())
    return cast("list[Any]", value) if isinstance(value, list) else []


def _walk(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every schema in it."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found = cast("dict[str, Any]", part)
            yield found
            waiting += _list_parts(found)
            waiting += [kept for word in _KEPT for kept in _list_inside(found.get(word))]


def _list_parts(part: dict[str, Any]) -> list[Any]:
    """The schemas that are applied where this one is."""
    return [
        *(part[word] for word in _ONE if isinstance(part.get(word), dict)),
        *(inner for word in _LISTS if isinstance(part.get(word), list) for inner in part[word]),
        *(inner for word in _NAMED if isinstance(part.get(word), dict) for inner in part[word].values()),
    ]


def _count_parts(part: Any, root: dict[str, Any], path: tuple[int, ...], counted: dict[int, int]) -> int:
    """How many schemas are applied, each as often as something refers to it. Raises WrongSchema."""
    if not isinstance(part, dict):
        return 1
    found = cast("dict[str, Any]", part)
    if id(found) in path:
        raise WrongSchema("Expected a JSON Schema that ends, but found one that refers to itself: write the levels out")
    if id(found) not in counted:
        inner = _list_parts(found)
        if "$ref" in found:
            inner.append(_resolve(found["$ref"], root))
        for word in _ELSEWHERE:
            if word in found:
                raise WrongSchema(f"Expected a JSON Schema without '{word}', but found it: use '$ref'")
        if "$id" in found and found is not root:
            raise WrongSchema("Expected '$id' only at the root of a JSON Schema, but found it inside")
        inside = (*path, id(found))
        counted[id(found)] = 1 + sum(_count_parts(item, root, inside, counted) for item in inner)
    return counted[id(found)]


def _resolve(reference: Any, root: dict[str, Any]) -> Any:
    """What a JSON pointer (RFC 6901) leads to. Raises WrongSchema."""
    place: Any = root
    pointer = reference if isinstance(reference, str) else json.dumps(reference)
    head, *steps = pointer.split("/")
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(place, list) and name.isdecimal():
            numbered = cast("list[Any]", place)
            place = numbered[int(name)] if int(name) < len(numbered) else None
        else:
            place = cast("dict[str, Any]", place).get(name) if isinstance(place, dict) else None
    if head != "#" or place is None:
        raise WrongSchema(
            f"Expected '$ref' to lead to a place in the schema, such as '#/$defs/item', but found '{pointer}'"
        )
    return place
