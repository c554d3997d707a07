"""A task of an observed process: it is done elsewhere, and waits for events that report what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.expression.timing import Duration, parse_duration
from baton.model.definition import Node
from baton.model.events import UNDO, EventType
from baton.model.records import Incident, Job, JobKind, LedgerEntry, LedgerState, Record
from baton.runtime.compensation import recording, undoing
from baton.runtime.compensation.plan import Selection
from baton.runtime.data import variables
from baton.runtime.elements import reports
from baton.runtime.elements.activity import STARTED, Activity
from baton.runtime.events import propagation, triggers
from baton.runtime.failures import make_identity, open_incident

if TYPE_CHECKING:
    from baton.model.values import Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.elements.reports import Report

EXPECTED = "baton:expectedDuration"
"""Extension property of an observed task: a token that has been there for so long is overdue."""
GRACE = "baton:grace"
"""Extension property of an observed process: so long a step may be unreported while a later one has been."""
DEFAULT_GRACE = "PT1M"
OVERDUE, MISSING, FAILED = "overdueStep", "missingStep", "failedStep"
"""Kinds of incidents."""


class ObservedTask(Activity):
    def __init__(self, spec: Spec, node: Node, **kwargs: object) -> None:
        super().__init__(spec, node, **kwargs)
        text = node.properties.get(EXPECTED)
        self.expected: Duration | None = parse_duration(text) if text else None
        self.handler = recording.find_handler(self)

    def _execute(self, task: Token) -> bool | None:
        """Go on by what has been reported before, else wait."""
        while (report := reports.take(task.workflow, self.name)) is not None:
            if self.apply(task, report):
                return True
            if not task.is_alive:
                return False
        triggers.wait_for_trigger(task)
        if self.expected is not None:
            set_alarm(task, self.expected)
        return False

    def is_waiting(self, token: Token) -> bool:
        """Whether a report about the token can be applied now."""
        return token.memory.at == STARTED

    def apply(self, token: Token, report: Report) -> bool:
        """Whether the activity is done by what was reported."""
        if report.happened == "failed" and report.error_code is not None:
            propagation.throw_error(token, report.error_code, report.message, report.variables)
            return False
        variables.set_visible(token, report.variables)
        if report.happened == "failed":
            open_incident(token, FAILED, report.message or f"'{self.name}' failed elsewhere")
        return report.happened == "completed"

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        if isinstance(record, Job) and record.element == self.name:
            self._raise_alarm(token)
        else:
            super().on_triggered(token, record, variables)

    def _raise_alarm(self, token: Token) -> None:
        """Nothing has come in time; one incident says so until something does."""
        workflow = token.workflow
        if any(isinstance(record, Incident) for record in workflow.waits.list_of_token(token.id)):
            return
        ahead = reports.find_ahead(token)
        behind = sorted({report.element for report in reports.list_kept(workflow) if report.element in ahead})
        if behind:
            named = ", ".join(f"'{name}'" for name in behind)
            open_incident(token, MISSING, f"Expected an event about '{self.name}', but found only later ones: {named}")
        else:
            open_incident(
                token, OVERDUE, f"Expected an event about '{self.name}' within {self.expected}, but none came"
            )

    def _on_complete_hook(self, my_task: Token) -> None:
        workflow = my_task.workflow
        super()._on_complete_hook(my_task)
        if self.handler is not None and any(it.element == self.handler for it in reports.list_kept(workflow)):
            begin_reported_undoing(workflow, self.name)


def set_alarm(token: Token, after: Duration) -> None:
    """Look after so long whether the token still waits, unless that is looked at before."""
    workflow = token.workflow
    now = workflow.journal.now
    due = after.add_to(now)
    if any(isinstance(record, Job) and record.due <= due for record in workflow.waits.list_of_token(token.id)):
        return
    job = Job(**make_identity(token), kind=JobKind.TIMER, due=due, created_at=now)
    workflow.waits.put(job)
    workflow.journal.record(EventType.TIMER_SET, token.task_spec.name, token.id, {"id": job.id, "due": due})


def begin_reported_undoing(workflow: TokenWorkflow, element: str) -> None:
    """Undo the newest entry of the element, as was reported. Where an undoing is under way, it does so in its turn."""
    entry = find_undoable(workflow, element)
    if entry is None or workflow.throwers or workflow.state.is_ended:
        return
    root = workflow.root
    carrier = root.spawn(root.spec.elements[UNDO])
    selection = Selection(scopes=(entry.scope,), elements=(element,), after=entry.seq - 1, upto=entry.seq)
    if undoing.begin(carrier, selection):
        carrier.task_spec.resume_undone(carrier)


def find_undoable(workflow: TokenWorkflow, element: str) -> LedgerEntry | None:
    """The newest entry of the element that nothing has undone."""
    entries = workflow.ledger.entries.values()
    found = [entry for entry in entries if entry.element == element and entry.state is LedgerState.UNDOABLE]
    return max(found, key=lambda entry: entry.seq, default=None)
