"""``baton serve``: everything on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from baton.cli.connection import CANNOT_START, Stopped
from baton.launcher.errors import CannotStart
from baton.launcher.serve import Plan, run
from baton.worker.loading import CannotLoad, check_workers

WRONG_WORKERS = 1


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0: a free one, which is printed.")
@click.option(
    "--data",
    default="data",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for everything that must survive.",
)
@click.option("--redis-url", envvar="BATON_REDIS_URL", help="Use this Valkey or Redis instead of the embedded one.")
@click.option("--web-processes", default=2, show_default=True, help="Processes that answer HTTP.")
@click.option("--turn-processes", default=1, show_default=True, help="Processes for timers, recovery and events out.")
@click.option(
    "--stream-processes",
    default=1,
    show_default=True,
    help="Processes for live streams, started when there are many; 0: none. With --tls-cert there are none.",
)
@click.option("--samples/--no-samples", default=True, show_default=True, help="Deploy the samples, run their workers.")
@click.option(
    "--samples-bus",
    default="",
    metavar="URL",
    help="A broker as the bus of the samples, in place of the store: amqp://user:password@host, kafka://host:9092.",
)
@click.option(
    "--sign-in/--open-to-everybody",
    "sign_in",
    default=None,
    help="Whether people and programs must say who they are; without either they must, unless it listens on loopback.",
)
@click.option(
    "--behind-proxy", is_flag=True, help="A proxy with TLS stands before the web; its X-Forwarded-… is believed."
)
@click.option(
    "--tls-cert", type=click.Path(path_type=Path), help="Serve with TLS by this certificate (PEM, with its chain)."
)
@click.option("--tls-key", type=click.Path(path_type=Path), help="The key of the certificate, if in another file.")
@click.option(
    "--worker",
    "workers",
    multiple=True,
    metavar="MODULE",
    help="Run the @worker functions of this module too. Repeatable.",
)
@click.option("--logs", type=click.Choice(["files", "stderr"]), help="Where logs go; files in --data on a terminal.")
def serve(
    host: str,
    port: int,
    data: Path,
    redis_url: str | None,
    web_processes: int,
    turn_processes: int,
    stream_processes: int,
    samples: bool,
    samples_bus: str,
    sign_in: bool | None,
    behind_proxy: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    workers: tuple[str, ...],
    logs: str | None,
) -> None:
    """Start Baton on this machine and keep it running until Ctrl-C.

    \b
    Examples:
      baton serve
      baton serve --worker payments --worker shipping.py
      baton serve --samples-bus amqp://guest:guest@127.0.0.1
      baton serve --port 9000 --data /var/lib/baton --no-samples
      BATON_HOSTS=baton.example.com baton serve --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem
    """
    try:
        check_workers(workers)
    except CannotLoad as error:
        raise Stopped(str(error), WRONG_WORKERS) from None
    plan = Plan(
        host=host,
        port=port,
        data=data,
        redis_url=redis_url,
        web_processes=web_processes,
        turn_processes=turn_processes,
        stream_processes=stream_processes,
        samples=samples,
        samples_bus=samples_bus,
        sign_in=sign_in,
        behind_proxy=behind_proxy,
        tls_cert=tls_cert,
        tls_key=tls_key,
        workers=workers,
        log_files=logs != "stderr" if logs else sys.stderr.isatty(),
    )
    try:
        _check_settings(embedded=not redis_url)
        run(plan)
    except CannotStart as error:
        raise Stopped(str(error), CANNOT_START) from None


def _check_settings(*, embedded: bool) -> None:
    """Raises CannotStart: here once, and not in a process that would be started again and again."""
    from baton.launcher.settings import check_environment  # half a second that only this command needs
    from baton.service import Settings
    from baton.settings import WrongSetting

    try:
        warnings = check_environment()
        chosen = Settings.from_environment()
        if not embedded or chosen.compact_history is not None:
            chosen.choose_indexed_variables()
        if chosen.sinks_file is not None:
            from baton.launcher.connecting import check_events  # with the engine

            check_events()
    except WrongSetting as error:
        raise CannotStart(str(error)) from None
    for warning in warnings:
        click.echo(f"baton: {warning}", err=True)
