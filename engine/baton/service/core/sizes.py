"""Limits of what may be put into an instance."""

from __future__ import annotations

from collections.abc import Mapping

from baton.model.commands import Command, ModifyInstance
from baton.model.errors import BadRequest
from baton.model.values import Value
from baton.service.core.settings import Settings
from baton.store import codec

_CARRIERS = ("variables", "local_variables", "set")
"""The fields of commands that hold variables."""


def check_command(command: Command, settings: Settings) -> None:
    """Raises BadRequest that names the variable of the command that is too large."""
    for name in _CARRIERS:
        check_variables(getattr(command, name, None), settings)
    if isinstance(command, ModifyInstance):
        for instruction in command.instructions:
            check_variables(instruction.variables, settings)
            check_variables(instruction.local_variables, settings)


def check_variables(variables: Mapping[str, Value] | None, settings: Settings) -> None:
    """Raises BadRequest that names the variable that is too large, or says that they are together."""
    total = 0
    for name, value in (variables or {}).items():
        size = estimate_size(value)
        total += size
        if size > settings.max_variable_bytes:
            raise BadRequest(
                f"Expected a variable of at most {settings.max_variable_bytes} bytes, but '{name}' has {size}: "
                "keep large data elsewhere and put its address here (setting BATON_MAX_VARIABLE_BYTES)"
            )
    if total > settings.max_instance_bytes:
        raise BadRequest(
            f"Expected variables of at most {settings.max_instance_bytes} bytes together, but found {total} "
            "(setting BATON_MAX_INSTANCE_BYTES)"
        )


def estimate_size(value: Value) -> int:
    """About how many bytes a value takes, before compression."""
    if value is None or isinstance(value, (bool, int, float)):
        return 9
    return len(value) if isinstance(value, (str, bytes)) else len(codec.encode(value))
