"""What all commands share: where Baton is, how to print, and how errors become sentences and exit codes.

Exit codes: 1 Baton refused the request, 2 the command line is wrong, 3 Baton cannot be reached, 4 Baton cannot start.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

import click

from baton.worker import EngineRefused, EngineUnreachable, Rest, rest
from baton.worker.rest import DEFAULT_URL

REFUSED, UNREACHABLE, CANNOT_START = 1, 3, 4

P = ParamSpec("P")


class Connection:
    """A running Baton and the way its answers are to be printed."""

    def __init__(self, url: str, as_json: bool) -> None:
        self.rest = Rest(url, on_part=_say_what_is_left)
        self.as_json = as_json

    def show(self, answer: Any, text: Callable[[], str]) -> None:
        """Print the API's answer as JSON, or ``text``."""
        self.echo(json.dumps(answer, indent=2, ensure_ascii=False) if self.as_json else text())

    def echo(self, line: str) -> None:
        click.echo(line)


def _say_what_is_left() -> None:
    click.echo(
        "Only the newest instances have been looked through for these filters, and older ones may match too. "
        "Name the process, the state or the whole business key, or see 'Lists at size' of the API's reference.",
        err=True,
    )


def connect(command: Callable[Concatenate[Connection, P], None]) -> Callable[P, None]:
    """Give a command ``--url`` and ``--json``, and its function a Connection."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        options = cast("dict[str, Any]", kwargs)
        connection = Connection(normalize_url(options.pop("url")), options.pop("as_json"))
        try:
            command(connection, *args, **kwargs)
        except EngineRefused as error:
            if connection.as_json and error.body:
                connection.echo(json.dumps(error.body, indent=2, ensure_ascii=False))
            raise Stopped(explain(error), REFUSED) from None
        except EngineUnreachable as error:
            raise Stopped(f"{error}. Is Baton running there? Another place: --url or BATON_URL.", UNREACHABLE) from None

    return add_url_option(click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(run))


def add_url_option(command: Callable[P, None]) -> Callable[P, None]:
    return click.option(
        "--url", envvar="BATON_URL", default=DEFAULT_URL, show_default=True, help="Where Baton is (env BATON_URL)."
    )(command)


class Stopped(click.ClickException):
    """Ends the command with a sentence on stderr and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.code = exit_code

    @property
    def exit_code(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride] click declares a constant
        return self.code


def normalize_url(url: str) -> str:
    """``http://host:port`` is enough: the path of the API is added."""
    try:
        return rest.normalize_url(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def explain(error: EngineRefused) -> str:
    """What the engine said, with the list of problems of a model if there is one."""
    problems = cast("list[dict[str, Any]]", error.body.get("problems") or [])
    if not problems:
        return error.message
    return "Nothing was deployed:\n" + "\n".join(f"  {render_problem(problem)}" for problem in problems)


def render_problem(problem: dict[str, Any]) -> str:
    place = ":".join(str(part) for part in (problem.get("resource"), problem.get("line")) if part)
    element = f" ({problem['element']})" if problem.get("element") else ""
    return f"{place}: {problem['severity']} [{problem['rule']}] {problem['message']}{element}".removeprefix(": ")
