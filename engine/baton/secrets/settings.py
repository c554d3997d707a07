"""Where the operator keeps secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from baton.settings import DefaultText, RoomSettings


class SecretSettings(RoomSettings):
    """[Secrets](../how-to/secrets.md) that models name as `${secrets.NAME}`. The variable `BATON_SECRET_NAME` comes
    first, then the folder, then the command."""

    secrets_folder: Annotated[Path | None, DefaultText("none")] = None
    """A folder with a file for each secret, named as it is; the content is the value, without a line end after it."""
    secrets_command: Annotated[str, DefaultText("none")] = ""
    """A command that prints the value of a secret; its name is given as the last argument. It runs without a shell."""
    secrets_command_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long the command may take."""
    secrets_seconds: Annotated[float, Field(ge=0)] = 60.0
    """How long a value is used before it is read again."""

    @field_validator("secrets_folder")
    @classmethod
    def _check_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError("a folder that is there")
        return folder
