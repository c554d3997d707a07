"""Loops that run beside the web: agenda, outbox, retention, watchdog."""

from baton.workers.agenda import Agenda
from baton.workers.loops import Loop, Outbox, Retention
from baton.workers.running import Running, run_all
from baton.workers.watchdog import Watchdog

__all__ = ["Agenda", "Loop", "Outbox", "Retention", "Running", "Watchdog", "run_all"]
