"""What all settings share: they are fields of a class per room, read from environment variables ``BATON_…``.

The docstring under a field describes it on the page ``docs/reference/configuration.md``, which is generated from the
classes. A value that is refused is answered with the variable, what was expected and what was found.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, Self, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

M = TypeVar("M")

PREFIX = "BATON_"
SECRET_PREFIX = "BATON_SECRET_"
"""Begins variables that are no settings but secrets; what comes after it is the operator's name of one."""
_KINDS: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
_BOUNDS = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}


@dataclass(frozen=True, slots=True)
class DefaultText:
    """Says on the page of settings what happens without a value."""

    text: str


@dataclass(frozen=True, slots=True)
class Secret:
    """The value is never shown in a message."""


@dataclass(frozen=True, slots=True)
class NotInEnvironment:
    """Given by code only: a clock, a source of randomness."""


class WrongSetting(ValueError):
    """Settings that are refused; the message has a sentence for each, with its variable."""


class RoomSettings(BaseSettings):
    """The settings of one room. Made with values, it reads no environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Self:
        """Settings from variables; ``given`` take precedence. Empty variables count as absent. Raises WrongSetting."""
        variables = os.environ if environment is None else environment
        source = EnvSettingsSource(cls)
        source.env_vars = {name.lower(): variables.get(name) for name in list_variables(cls)}
        source.env_vars = {name: text for name, text in source.env_vars.items() if text}
        try:
            return cls(**{**source(), **given})
        except ValidationError as error:
            raise WrongSetting("\n".join(_explain(cls, variables, error))) from None


def list_fields(settings: type[RoomSettings]) -> Iterator[tuple[str, FieldInfo]]:
    """Variables and fields of the settings that the environment may set."""
    for name, field in settings.model_fields.items():
        if get_mark(field, NotInEnvironment) is None:
            yield PREFIX + name.upper(), field


def list_variables(settings: type[RoomSettings]) -> list[str]:
    return [variable for variable, _ in list_fields(settings)]


def get_mark(field: FieldInfo, kind: type[M]) -> M | None:
    """A mark of the field's annotation, if it has one of that kind."""
    return next((mark for mark in field.metadata if isinstance(mark, kind)), None)


def describe_values(field: FieldInfo) -> str:
    """Which values are accepted: ``a whole number of at least 1``."""
    annotation: Any = field.annotation
    kind = next((part for part in get_args(annotation) if part is not type(None)), annotation)
    for choices in (annotation, kind):
        if get_origin(choices) is Literal:
            return "one of " + ", ".join(f"'{choice}'" for choice in get_args(choices))
    bounds = [
        f"{words} {getattr(mark, name):,}".replace(".0", "")
        for mark in field.metadata
        for name, words in _BOUNDS.items()
        if getattr(mark, name, None) is not None
    ]
    return " ".join([_KINDS.get(kind, "a text"), " and ".join(bounds)]).strip()


def find_unknown(environment: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """A sentence for each variable ``BATON_…`` that is not a setting, with the nearest name that is one."""
    names = sorted(known)
    found: list[str] = []
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and not variable.startswith(SECRET_PREFIX) and variable not in names:
            nearest = get_close_matches(variable, names, 1, 0.75)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            found.append(f"{variable} is set, but there is no such setting{hint}")
    return found


def read_secrets(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The operator's secrets in variables ``BATON_SECRET_…``, by their names."""
    variables = os.environ if environment is None else environment
    return {key.removeprefix(SECRET_PREFIX): text for key, text in variables.items() if key.startswith(SECRET_PREFIX)}


def _explain(settings: type[RoomSettings], variables: Mapping[str, str], error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        reason = problem.get("ctx", {}).get("error")
        if isinstance(reason, WrongSetting):  # it is about several fields, or says everything by itself
            yield str(reason)
            continue
        name = str(problem["loc"][0])
        field, variable = settings.model_fields[name], PREFIX + name.upper()
        found = "" if get_mark(field, Secret) else f", but found '{variables.get(variable, '')}'"
        expected = str(reason) if reason else describe_values(field)
        yield f"Expected {variable} to be {expected}{found}"
