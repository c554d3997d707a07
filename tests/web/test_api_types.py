"""The designer's types are those of the API that is served."""

from __future__ import annotations

from scripts.api_types import TYPES, first_line, schemas


def test_the_types_of_the_designer_are_made_from_the_schemas_of_today() -> None:
    begins = TYPES.read_text(encoding="utf-8").partition("\n")[0]
    assert begins == first_line(schemas()), "Expected up-to-date types in designer/src/api; run `make api-types`"
