"""What an operator can set about the sample processes; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from baton.settings import RoomSettings


class SampleSettings(RoomSettings):
    """The workers of the sample processes, which `baton serve` runs."""

    demo_pace: Annotated[float, Field(ge=0)] = 0.8
    """Seconds that each step of the sample workers takes."""
