"""Loops that run beside the web: agenda, outbox, retention, watchdog."""

from baton.workers.agenda import Agenda
from baton.workers.loops import Loop, Outbox, Retention
from baton.workers.running import WorkerThreads, start_workers
from baton.workers.watchdog import Watchdog

__all__ = ["Agenda", "Loop", "Outbox", "Retention", "Watchdog", "WorkerThreads", "start_workers"]
