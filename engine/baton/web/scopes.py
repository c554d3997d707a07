"""Ids of the outside as instance and token: a token's id is ``<instance id>.<number>``, the instance is its token 0."""

from __future__ import annotations

from typing import NamedTuple

from baton.model import ids
from baton.model.errors import NotFound


class Scope(NamedTuple):
    instance_id: str
    token: int


def parse_scope(text: str, what: str = "execution") -> Scope:
    """The scope that an instance id or an execution id names. Raises NotFound for a text that is neither."""
    if ids.is_instance_id(text):
        return Scope(text, 0)
    found = ids.parse_record_id(text)
    if found is None:
        raise NotFound(f"Expected the id of a {what}, but there is none with id '{text}'")
    return Scope(found.instance_id, found.number)


def parse_instance(text: str, what: str) -> str:
    """The instance that a record's id names. Raises NotFound for a text that cannot be one."""
    return parse_scope(text, what).instance_id
