"""All settings together: checked once before anything starts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from baton.connect import ConnectSettings
from baton.log_settings import LogSettings
from baton.sample_settings import SampleSettings
from baton.secrets import SecretSettings
from baton.service import Settings
from baton.settings import RoomSettings, WrongSetting, find_unknown, list_variables
from baton.web import OpenIdSettings, WebSettings

ROOMS: tuple[type[RoomSettings], ...] = (
    Settings,
    WebSettings,
    OpenIdSettings,
    LogSettings,
    SampleSettings,
    ConnectSettings,
    SecretSettings,
)
OF_COMMANDS = ("BATON_URL",)
"""Variables of options of the command line, which click reads."""
OF_PROGRAMS = {
    "BATON_API_KEY": ("The API key that commands, workers and clients send, where sign-in is required.", "a key"),
    "BATON_CA_FILE": ("Authorities in PEM that commands, workers and clients trust in place of the usual.", "a file"),
    "BATON_CLIENT_CERT": ("The client certificate that they show, in PEM, with its key or without.", "a file"),
    "BATON_CLIENT_KEY": ("The key of the client certificate, in PEM.", "a file"),
    "BATON_SERVER_FINGERPRINT": (
        "SHA-256 of the server's certificate in hexadecimal: that one alone is trusted, whatever its name.",
        "a text",
    ),
}
"""Variables that the worker SDK and the clients read."""


def check_environment(environment: Mapping[str, str] | None = None) -> list[str]:
    """Warnings about variables that are no settings. Raises WrongSetting with all that are refused."""
    variables = os.environ if environment is None else environment
    refused = "\n".join(_find_refused(variables))
    if refused:
        raise WrongSetting(refused)
    known = (*OF_COMMANDS, *OF_PROGRAMS)
    return find_unknown(variables, [*known, *(name for room in ROOMS for name in list_variables(room))])


def is_connector_wanted() -> bool:
    """Whether the operator wants anything of the process between Baton and other systems."""
    file = Settings.from_environment().sinks_file
    return bool(file is not None or ConnectSettings.from_environment().http_hosts)


def _find_refused(variables: Mapping[str, str]) -> Iterable[str]:
    for room in ROOMS:
        try:
            room.from_environment(variables)
        except WrongSetting as error:
            yield str(error)
