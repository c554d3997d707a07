"""Which variables files read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from baton.web.models.base import Answer

if TYPE_CHECKING:
    from baton.service import FileVariableUse


class VariableUse(Answer):
    """One element that reads or writes one variable."""

    name: str
    element: str = Field(description="the id of an element or a flow; of the process, for its listeners")
    access: Literal["read", "write"]
    place: str = Field(description="the part of the element, such as condition, inputs, outputs, form, script")
    resource: str


def show_use(found: FileVariableUse) -> VariableUse:
    use = found.use
    return VariableUse(name=use.name, element=use.element, access=use.access, place=use.place, resource=found.resource)
