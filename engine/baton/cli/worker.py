"""``baton worker``: runs the workers of Python modules."""

from __future__ import annotations

import click

from baton import logs
from baton.cli.connection import Stopped, add_url_option, normalize_url
from baton.cli.reloading import run_reloading
from baton.launcher.signals import on_stop
from baton.worker.loading import CannotLoad, make_runner

WRONG_WORKERS = 1


@click.command("worker")
@click.argument("modules", nargs=-1, required=True, metavar="MODULE[:NAME]…")
@click.option("--worker-id", help="This worker's name in the engine; made of host and process if left out.")
@click.option("--grace", default=30.0, show_default=True, help="Seconds that running tasks get to finish on SIGTERM.")
@click.option("--reload", is_flag=True, help="Restart when a Python file in the folders of the modules is saved.")
@add_url_option
def run_worker(modules: tuple[str, ...], worker_id: str | None, grace: float, reload: bool, url: str) -> None:
    """Do external tasks with the @worker functions of Python modules (names or .py files), until Ctrl-C or SIGTERM.

    \b
    Examples:
      baton worker payments
      baton worker payments shipping.py --reload
      baton worker workers.py --url http://baton.example:8080
    """
    if reload:
        named = ["--worker-id", worker_id] if worker_id else []
        run_reloading(modules, ["--url", normalize_url(url), "--grace", str(grace), *named], grace)
        return
    logs.set_up("worker")
    try:
        runner = make_runner(modules, normalize_url(url), worker_id)
    except CannotLoad as error:
        raise Stopped(str(error), WRONG_WORKERS) from None
    on_stop(runner.request_stop)
    click.echo(f"{runner.worker_id} serves {', '.join(runner.topics)}", err=True)
    runner.run(grace)
