"""The server itself, in the shapes of Camunda 7."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.web.models.base import Answer


class TelemetryConfiguration(Answer):
    """Whether anything is sent to anybody: never."""

    enableTelemetry: bool


class TelemetryProduct(Answer):
    """What runs here."""

    name: str
    version: str
    edition: str
    internals: dict[str, Any]


class TelemetryData(Answer):
    """What would be sent if anything were."""

    installation: str | None
    product: TelemetryProduct


class SchemaLogEntry(Answer):
    """The format of the stored data."""

    id: str
    timestamp: str | None
    version: str


class MetricsInterval(Answer):
    """How often something happened in an hour."""

    timestamp: str
    name: str
    reporter: str | None = Field(description="always null: all processes together")
    value: int


class RegisteredDeployment(Answer):
    """A deployment of a process application: there are none."""

    id: str
