"""What the operator writes for one sink or source: its options, checked, and the library that its kind needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast

from baton.secrets import SecretResolver

Kind = type | tuple[type, ...]
NUMBER = (int, float)
_LONGEST_S = 10.0


class WrongOption(ValueError):
    """An option of a sink or source that is missing, unknown or of the wrong kind, or whose library is missing."""


def take_options(
    options: Mapping[str, Any], needed: Mapping[str, Kind], optional: Mapping[str, Kind] | None = None
) -> dict[str, Any]:
    """The options of a kind of sink or source. Raises WrongOption."""
    known = {**needed, **(optional or {})}
    unknown = sorted(options.keys() - known.keys())
    missing = sorted(needed.keys() - options.keys())
    if unknown or missing:
        found = f"there is no option '{unknown[0]}'" if unknown else f"the option '{missing[0]}' is missing"
        raise WrongOption(f"{found}; there are {', '.join(sorted(known))}")
    for name, value in options.items():
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            raise WrongOption(f"the option '{name}' is {value!r}, which is of another type")
    return dict(options)


def take_timeout(given: Mapping[str, Any]) -> float:
    """Seconds that a step with the other system may take; the lease of a sink outlasts it. Raises WrongOption."""
    found = float(given.get("timeout", _LONGEST_S))
    if not 0 < found <= _LONGEST_S:
        raise WrongOption(f"the option 'timeout' is not above 0 and at most {_LONGEST_S:.0f} seconds")
    return found


def resolve_options(options: Mapping[str, Any], secrets: SecretResolver) -> dict[str, Any]:
    """With the secrets that they name. Raises SecretMissing, SecretUnavailable."""
    return {key: _resolve(value, secrets) for key, value in options.items()}


def _resolve(value: Any, secrets: SecretResolver) -> Any:
    if isinstance(value, dict):
        return resolve_options(cast("dict[str, Any]", value), secrets)
    return secrets.resolve(value) if isinstance(value, str) else value


def load_class(path: str, extra: str | None) -> Callable[..., Any]:
    """``module:Class`` of this room. ``extra``: brings its library, which is installed only where it is wanted.

    Raises WrongOption.
    """
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(f"baton.connect.{module}"), name)
    except ModuleNotFoundError as error:
        if extra is None or (error.name or "").startswith("baton"):
            raise
        raise WrongOption(
            f"its library '{error.name}' is missing: install it with pip install 'baton-bpmn[{extra}]'"
        ) from None
