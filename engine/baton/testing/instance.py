"""An instance as a test sees it: what it expects, and what a person or a message does to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from baton.client import Client, Event, Snapshot, UserTask
from baton.model.values import Value

Expect = Callable[[Callable[[], None]], None]
"""Settles, then checks; against a server again and again while it may still come true."""


class TestInstance:
    """Every ``assert_…`` and ``wait_for`` first lets workers and timers that are due do what they can."""

    __test__ = False

    def __init__(self, instance_id: str, client: Client, expect: Expect, settle: Callable[[], None]) -> None:
        self.id = instance_id
        self._client, self._expect, self._settle = client, expect, settle

    @property
    def snapshot(self) -> Snapshot:
        """All about it, once what can go on has gone on."""
        self._settle()
        return self._client.get(self.id)

    @property
    def variables(self) -> Mapping[str, Value]:
        return self.snapshot.variables

    @property
    def state(self) -> str:
        return self.snapshot.instance.state

    @property
    def history(self) -> Sequence[Event]:
        self._settle()
        return list(self._client.list_history(self.id))

    def wait_for(self, *elements: str) -> Self:
        """Expect a token at each of these elements. Raises AssertionError, which says where it is."""
        self._expect(lambda: self._check_tokens(elements))
        return self

    def assert_ended(self, state: str = "completed", *, at: str | None = None) -> None:
        """Expect an end: ``completed``, ``terminated``, ``cancelled`` or ``compensated``, at this end event."""
        self._expect(lambda: self._check_end(state, at))

    def assert_passed(self, *elements: str) -> None:
        """Expect these elements to have been entered in this order; others may have been between them."""
        self._expect(lambda: self._check_passed(elements))

    def assert_undone(self, *elements: str) -> None:
        """Expect exactly these activities to have been undone, in this order."""
        self._expect(lambda: self._check_undone(elements))

    def assert_incident(self, element: str, text: str = "") -> None:
        """Expect an incident at the element whose message contains ``text``."""
        self._expect(lambda: self._check_incident(element, text))

    def assert_as_expected(self, expected: Mapping[str, Any]) -> None:
        """Expect what a scenario expects: ``state``, ``endElement``, ``waitsAt`` and ``undone``, as far as given."""
        self._expect(lambda: self._check_expected(expected))

    def get_task(self, element: str) -> UserTask:
        """The user task at the element. Raises AssertionError if there is not exactly one."""
        self.wait_for(element)
        found = [task for task in self._client.list_tasks(processInstanceId=self.id) if task.element == element]
        if len(found) != 1:
            raise AssertionError(f"Expected one user task at {element}, but found {len(found)}. {self._describe()}")
        return found[0]

    def complete(self, element: str, variables: object = None) -> None:
        """Do the user task at the element."""
        self._client.complete_task(self.get_task(element).id, variables)
        self._settle()

    def send_message(self, name: str, variables: object = None, *, wait: float | timedelta = 0) -> None:
        """To this instance."""
        self._settle()
        self._client.send_message(name, variables, instance_id=self.id, wait=wait)
        self._settle()

    def set_variables(self, variables: object) -> None:
        self._client.set_variables(self.id, variables)
        self._settle()

    def roll_back(self, to: str) -> None:
        """Undo what completed since the element ``to`` was entered, then go on before it."""
        self._client.roll_back(self.id, to)
        self._settle()

    def cancel(self, *, undo: bool = False) -> None:
        self._client.cancel(self.id, undo=undo)
        self._settle()

    def retry_incidents(self) -> None:
        """Repeat what its incidents stopped."""
        for incident in self.snapshot.incidents:
            self._client.retry_incident(incident.id)
        self._settle()

    def _check_expected(self, expected: Mapping[str, Any]) -> None:
        found = self._client.get(self.id).instance
        seen = {
            "state": found.state,
            "endElement": found.end_element,
            "waitsAt": sorted(element for element, count in found.tokens.items() if count),
            "undone": self._list_undone() if "undone" in expected else [],
        }
        unknown = sorted(expected.keys() - seen.keys())
        assert not unknown, f"Expected state, endElement, waitsAt or undone to be expected, but found {unknown}"
        differing = {name: (wanted, seen[name]) for name, wanted in expected.items() if seen[name] != wanted}
        assert not differing, (
            "".join(
                f"Expected {name} to be {wanted}, but found {value}. " for name, (wanted, value) in differing.items()
            )
            + self._describe()
        )

    def _list_undone(self) -> list[str]:
        names = {entry.seq: entry.element for entry in self._client.get(self.id).ledger}
        done = [event for event in self._client.list_history(self.id) if event.type == "UndoCompleted"]
        return [names[event.data["seq"]] for event in done]

    def _check_tokens(self, elements: Sequence[str]) -> None:
        tokens = self._client.get(self.id).instance.tokens
        missing = [element for element in elements if not tokens.get(element)]
        assert not missing, f"Expected a token at {', '.join(missing)}. {self._describe()}"

    def _check_end(self, state: str, at: str | None) -> None:
        found = self._client.get(self.id).instance
        wanted = state if at is None else f"{state} at {at}"
        assert (found.state, found.end_element if at else None) == (state, at), (
            f"Expected it to have ended as {wanted}. {self._describe()}"
        )

    def _check_passed(self, elements: Sequence[str]) -> None:
        entered = [event.element for event in self._client.list_history(self.id) if event.type == "ElementEntered"]
        ahead = iter(entered)
        missing = [element for element in elements if element not in ahead]
        assert not missing, f"Expected it to have passed {', '.join(elements)} in this order, but it passed {entered}"

    def _check_undone(self, elements: Sequence[str]) -> None:
        undone = self._list_undone()
        assert undone == list(elements), (
            f"Expected these to have been undone: {list(elements)}, but found {undone}. {self._describe()}"
        )

    def _check_incident(self, element: str, text: str) -> None:
        found = self._client.get(self.id).incidents
        assert any(incident.element == element and text in incident.message for incident in found), (
            f"Expected an incident at {element} whose message contains '{text}'. {self._describe()}"
        )

    def _describe(self) -> str:
        """Where it is, for the message of a failed test."""
        found = self._client.get(self.id)
        incidents = "".join(f"; incident at {incident.element}: {incident.message}" for incident in found.incidents)
        waits = ", ".join(f"{wait.element} ({wait.kind} {wait.name or ''}".rstrip() + ")" for wait in found.awaited)
        at = f"ended at {found.instance.end_element}" if found.instance.ended else f"waits at {waits or 'nothing'}"
        return f"Instance {self.id} is {found.instance.state}, {at}{incidents}; variables: {dict(found.variables)}"
