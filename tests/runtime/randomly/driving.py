"""Two laboratories in step: one instance stays in memory, the other is restored from its rows after every turn."""

from __future__ import annotations

from random import Random

from baton.bpmn import read
from baton.model.commands import (
    CancelInstance,
    Command,
    CompleteExternalTask,
    CompleteUserTask,
    DeliverMessage,
    DeliverSignal,
    FailExternalTask,
    FireJob,
    ResolveIncident,
    ResumeInstance,
    Rollback,
    SetVariables,
    StartAdHoc,
    StartInstance,
    SuspendInstance,
    ThrowTaskError,
    ThrowTaskEscalation,
)
from baton.model.records import ExternalTask, Incident, Subscription, UserTask
from baton.model.values import Value
from baton.runtime import Instance, Ports
from baton.runtime.elements.ad_hoc import AdHocSubProcess
from tests.runtime.lab import BEGIN, WORKER, Lab, Library
from tests.runtime.randomly.invariants import Watch
from tests.runtime.randomly.structured import FLAGS

FEW_STEPS = 3


class Pair:
    def __init__(self, xml: str, random: Random) -> None:
        reading = read(xml.encode())
        assert not reading.errors, [str(problem) for problem in reading.errors]
        library = Library(*reading.processes)
        self.random = random
        self.nodes = {key: node for model in reading.processes for key, node in model.nodes.items()}
        self.kept, self.restored = Lab(library, restoring=False), Lab(library, restoring=True)
        self._cut_turns()
        self.watch = Watch(*reading.processes)
        self.calm = False

    def _cut_turns(self) -> None:
        """Now and then a turn is over after a few steps, and the next goes on with what is left."""
        if self.random.random() < 0.2:
            for lab in (self.kept, self.restored):
                lab.ports = Ports(lab.library, lab.ports.scripts, max_steps=FEW_STEPS)
                lab.instance = Instance(lab.instance.id, lab.ports)

    def run(self, steps: int) -> None:
        """Start, and do something at random ``steps`` times, or until the end."""
        variables: dict[str, Value] = {flag: self._truth() for flag in FLAGS}
        variables |= {"again": False, "n": 0, "size": self.random.randint(0, 3), "items": ["x", "y"]}
        self.do(StartInstance(definition_id="p:1:lab", variables=variables))
        for _ in range(steps):
            if self.ended:
                return
            self._something()

    def finish(self, steps: int) -> None:
        """Do what is there to do, without surprises, until the end."""
        self.calm = True
        for _ in range(steps):
            if self.ended:
                return
            self._next_thing()

    @property
    def ended(self) -> bool:
        return self.kept.header.state.is_ended

    def do(self, *commands: Command) -> None:
        """The same turn in both, which must come to the same."""
        for lab in (self.kept, self.restored):
            lab.offer(*commands)
        one, other = self.kept.decision, self.restored.decision
        assert one.events == other.events
        assert (one.header, one.next_due, one.answers) == (other.header, other.next_due, other.answers)
        assert (one.outgoing, one.records) == (other.outgoing, other.records)
        assert self.kept.fields == self.restored.fields
        self.watch.turn(self.kept)

    # -- at random ------------------------------------------------------------------------------------------------

    def _truth(self) -> bool:
        return self.random.random() < 0.5

    def _changes(self) -> dict[str, Value]:
        changed: dict[str, Value] = {flag: self._truth() for flag in FLAGS if self.random.random() < 0.2}
        return {**changed, "again": self.random.random() < 0.3}

    def _something(self) -> None:
        """Mostly what the process waits for; now and then something else."""
        dice = self.random.random()
        if dice < 0.08:
            self.do(DeliverSignal(name="s1"))
        elif dice < 0.16:
            self.do(SetVariables(set=self._changes()))
        elif dice < 0.22:
            self._pass_time(self.random.choice((1_000, 10_000)))
        elif dice < 0.26:
            self._operate()
        else:
            commands = self._possible()
            if not commands:
                self._pass_time(10_000)
            else:
                self.do(*self.random.sample(commands, min(len(commands), self.random.choice((1, 1, 1, 2)))))

    def _operate(self) -> None:
        """What an operator may do; it may be refused, but in both the same."""
        kind = self.random.choice(("suspend", "rollback", "fire", "cancel"))
        jobs = self.kept.jobs
        if kind == "suspend":
            self.do(SuspendInstance())
            self.do(DeliverSignal(name="s1"))
            self.do(ResumeInstance())
        elif kind == "rollback":
            self.do(Rollback(to=self.random.choice(sorted(self.nodes))))
        elif kind == "cancel" and self.random.random() < 0.3:
            self.do(CancelInstance(compensate=True))
        elif jobs:
            self.do(FireJob(job_id=self.random.choice(jobs).id))

    def _next_thing(self) -> None:
        commands = [command for command in self._possible() if not self._beside(command)]
        if commands:
            self.do(SetVariables(set={"a": True, "again": False}), *commands)
        elif self.kept.decision.next_due is not None:
            self._pass_time(10_000)
        elif idle := self._idle_ad_hoc():
            self.do(SetVariables(set={"d": True}), *idle)
        else:
            self.do(*self._everywhere({"a": False, "b": True}), *self._everywhere({"a": True}))
            self.do(DeliverSignal(name="s1"))

    def _everywhere(self, values: dict[str, Value]) -> list[Command]:
        """Set variables in the instance and in each called process, which has its own."""
        tokens = self.kept.instance.workflow.tasks.values()
        return [SetVariables(set=values, token=token.id) for token in tokens if token.task_spec.is_process]

    def _idle_ad_hoc(self) -> list[Command]:
        """Ad-hoc subprocesses that wait because their completion condition did not hold: start one more element."""
        found: list[Command] = []
        for token in self.kept.instance.workflow.tasks.values():
            element = token.task_spec
            if isinstance(element, AdHocSubProcess) and not token.inside and token.memory.revived is None:
                found.append(StartAdHoc(token=token.id, elements=(element.list_startable()[0],)))
        return found

    def _beside(self, command: Command) -> bool:
        """Whether it would only start something more, by an event that does not interrupt."""
        if not isinstance(command, DeliverMessage):
            return False
        subscriptions: list[Subscription] = self.kept.open(Subscription)
        element = next(sub.element for sub in subscriptions if sub.id == command.subscription_id)
        return not self.nodes[element].interrupting

    def _possible(self) -> list[Command]:
        lab, found = self.kept, list[Command]()
        found += [self._worked(task) for task in lab.open(ExternalTask)]
        found += [self._personal(task) for task in lab.open(UserTask)]
        subscriptions: list[Subscription] = lab.open(Subscription)
        found += [DeliverMessage(subscription_id=sub.id) for sub in subscriptions if sub.kind == "message"]
        found += [ResolveIncident(incident_id=incident.id) for incident in lab.open(Incident)]
        return found

    def _worked(self, task: ExternalTask) -> Command:
        if self.calm:
            return CompleteExternalTask(task_id=task.id, worker_id=WORKER)
        dice = self.random.random()
        if dice < 0.1:
            return ThrowTaskError(task_id=task.id, worker_id=WORKER, error_code=self.random.choice(("e1", "e2")))
        if dice < 0.2:
            retries = self.random.choice((0, 2))
            return FailExternalTask(task_id=task.id, worker_id=WORKER, error_message="no", retries=retries)
        return CompleteExternalTask(task_id=task.id, worker_id=WORKER, variables=self._changes())

    def _personal(self, task: UserTask) -> Command:
        if not self.calm and self.random.random() < 0.1:
            return ThrowTaskEscalation(task_id=task.id, escalation_code="x1")
        return CompleteUserTask(task_id=task.id, variables=self._changes())

    def _pass_time(self, milliseconds: int) -> None:
        due = self.kept.decision.next_due
        until = self.kept.now + milliseconds
        moment = until if due is None else min(max(due, self.kept.now), until)
        self.kept.now = self.restored.now = max(moment, BEGIN)
        self.do()
