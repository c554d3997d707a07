"""The places where a secret may lie. Each answers with its value, or None if it has none of that name."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from baton.secrets.settings import SecretSettings

Source = Callable[[str], str | None]
LONGEST = 64 * 1024
"""Characters of a value."""


class SecretMissing(LookupError):
    """No source has a secret of that name; somebody has to change the model or the operator's secrets."""


class SecretUnavailable(Exception):
    """A source could not be read now; it may be later. The message holds nothing of what the source said."""


def list_sources(settings: SecretSettings, variables: Mapping[str, str]) -> Iterator[Source]:
    """In the order in which they are asked. ``variables``: secrets of the environment by their names."""
    yield variables.get
    if (folder := settings.secrets_folder) is not None:
        yield lambda name: read_file(folder, name)
    if settings.secrets_command:
        command = shlex.split(settings.secrets_command)
        yield lambda name: run_command(command, name, settings.secrets_command_seconds)


def read_file(folder: Path, name: str) -> str | None:
    """Raises SecretUnavailable."""
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnavailable(
            f"Expected to read the file of the secret '{name}', but found {type(error).__name__}"
        ) from None
    return _check(name, text)


def run_command(command: list[str], name: str, seconds: float) -> str | None:
    """What the command prints; None if it ends with code 1 and prints nothing. Raises SecretUnavailable."""
    try:
        done = subprocess.run([*command, name], capture_output=True, timeout=seconds, check=False)
        text = done.stdout.decode()
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise SecretUnavailable(
            f"Expected BATON_SECRETS_COMMAND to print the secret '{name}', but found {type(error).__name__}"
        ) from None
    if done.returncode == 1 and not text:
        return None
    if done.returncode:
        raise SecretUnavailable(
            f"Expected BATON_SECRETS_COMMAND to print the secret '{name}', but it ended with code {done.returncode}"
        )
    return _check(name, text)


def _check(name: str, text: str) -> str:
    if len(text) > LONGEST:
        raise SecretUnavailable(f"Expected at most {LONGEST:,} characters of the secret '{name}', but found more")
    return text.removesuffix("\n").removesuffix("\r")
