"""What a conversion is asked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.web.models.base import Command


class ConversionResource(Command):
    """A file beside the one to convert, such as a script."""

    name: str
    content: str


class Convert(Command):
    """A file of another engine."""

    bpmn: str
    name: str | None = Field(None, description="of the file, for its problems")
    resources: list[ConversionResource] | None = Field(
        None, description="files beside it that it names, such as scripts"
    )
    stubs: Literal["python", "java", "javascript"] | None = Field(
        None, description="write workers in this language, with a function for each topic"
    )
