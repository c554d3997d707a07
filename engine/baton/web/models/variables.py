"""Requests about variables."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.service import VariableFilter
from baton.web.models.base import Command, Query
from baton.web.models.fields import Names, Variables
from baton.web.models.variable_filters import Comparisons, make_variable_filters


class VariablesQuery(Query):
    """How variables are shown."""

    deserializeValues: bool | None = Field(None, description="false: lists and objects as JSON text")


class OneVariableQuery(VariablesQuery):
    """How one variable is shown; the singular name goes before the plural one."""

    deserializeValue: bool | None = Field(None, description="false: a list or an object as JSON text")

    @property
    def plain(self) -> bool:
        """Whether lists and objects are shown as such."""
        chosen = self.deserializeValues if self.deserializeValue is None else self.deserializeValue
        return chosen is not False


class ModifyVariables(Command):
    """Variables to set and to remove."""

    modifications: Variables | None = None
    deletions: Names | None = None


class SetVariable(Command):
    """A variable's new value."""

    value: Any = None
    type: str | None = None
    valueInfo: dict[str, Any] | None = None
    local: bool | None = None

    @property
    def typed(self) -> dict[str, Any]:
        """The variable as ``from_rest`` reads it."""
        return {"value": self.value, "type": self.type, "valueInfo": self.valueInfo}


class UploadedVariable(Command):
    """The form of a file variable: the part ``data`` is a file or a text."""

    data: str | None = Field(
        None, description="the file, or the text of a variable", json_schema_extra={"format": "binary"}
    )
    valueType: str | None = Field(None, description="Bytes or File; what the variable becomes")
    type: str | None = Field(None, description="the type of a variable whose data is a text")


class VariableInstanceFilters(Query):
    """Which variables of running instances."""

    variableName: str | None = None
    variableNameLike: str | None = None
    processInstanceIdIn: Names | None = None
    executionIdIn: Names | None = None
    activityInstanceIdIn: Names | None = None
    variableScopeIdIn: Names | None = None
    taskIdIn: Names | None = None
    tenantIdIn: Names | None = None
    batchIdIn: Names | None = Field(default=None, description="a batch has no variables of its own: none matches")
    variableValues: Comparisons | None = Field(default=None, description="all must hold of the variable itself")
    variableNamesIgnoreCase: bool | None = Field(default=None, description="in variableValues")
    variableValuesIgnoreCase: bool | None = Field(default=None, description="in variableValues")

    def list_comparisons(self) -> tuple[VariableFilter, ...]:
        """What the value of the variable is compared with."""
        return make_variable_filters(self.variableValues, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase)

    def list_scopes(self) -> tuple[str, ...] | None:
        """The holders of variables that are asked for first."""
        return self.executionIdIn or self.activityInstanceIdIn or self.variableScopeIdIn


class VariableInstanceQuery(Query):
    """How a variable is shown."""

    deserializeValue: bool | None = None
