"""Forms of start events and user tasks."""

from __future__ import annotations

from baton.web.models.base import Answer


class FormReference(Answer):
    """A deployed form by its id."""

    key: str
    binding: str | None
    version: str | int | None


class Form(Answer):
    """Where a form is."""

    key: str | None
    camundaFormRef: FormReference | None
    contextPath: None = None


class FormChoice(Answer):
    """One choice of a field."""

    id: str
    name: str | None


class FormConstraint(Answer):
    """A rule for what may be entered."""

    name: str
    configuration: str | None


class FormField(Answer):
    """One field of a form, to draw it."""

    id: str
    label: str | None
    type: str
    defaultValue: str | None
    choices: list[FormChoice]
    constraints: list[FormConstraint]
    properties: dict[str, str]
