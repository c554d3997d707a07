"""What counts as passed: the trace, the state that each instance is left in, and the order of what was done.

The suite compares sorted traces only. Here an instance must also have ended, or wait for something that the model
gives it to wait for; and nothing may be entered that no flow of the model has led to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tests.conformance.run import Outcome, Seen, millis
from tests.conformance.suite import Case
from tests.conformance.translate import BPMN, LOGGED

MARKER = "MARKER_exists"
PASSED, LOUD, WRONG, IMPOSSIBLE = "passed", "failed loudly", "DIFFERS", "cannot pass"
JOINING = {"parallelGateway", "complexGateway"}


@dataclass(frozen=True)
class Verdict:
    """``LOUD``: it did not do what was expected, but said so, with a refusal or an incident. ``IMPOSSIBLE``: a token
    is expected that no script of the model leaves.
    """

    word: str
    trace: tuple[str, ...]
    state: str
    reasons: tuple[str, ...] = ()


class Judge:
    def __init__(self, case: Case, outcome: Outcome) -> None:
        self._case, self._outcome = case, outcome
        self._root = etree.XML(outcome.model.xml)
        self._nodes = {e.get("id"): e for e in self._root.iter() if isinstance(e.tag, str) and e.get("id")}

    def verdict(self) -> Verdict:
        trace = self._trace()
        reasons = [*self._trace_reasons(trace), *self._state_reasons()]
        for seen in self._outcome.instances:
            reasons += self._order_reasons(seen)
        return Verdict(self._word(reasons), tuple(trace), self._state(), tuple(reasons))

    def _word(self, reasons: list[str]) -> str:
        if not reasons:
            return PASSED
        possible = [token for element in self._outcome.model.tokens for token in self._outcome.model.traced(element)]
        scripted = {token for token in self._case.expected if token.startswith("SCRIPT_")}
        if not scripted <= set(possible):
            return IMPOSSIBLE
        return LOUD if self._has_failed() else WRONG

    # -- the trace ------------------------------------------------------------------------------------------------

    def _trace(self) -> list[str]:
        if self._outcome.refused:
            return ["ERROR_deployment"]
        trace = [token for seen in self._outcome.instances for event in seen.events for token in self._of_event(event)]
        if MARKER not in self._case.expected:
            trace = [token for token in trace if token != MARKER]
        if self._overlap():
            trace.append("EXECUTION_parallel")
        return trace + self._failures()

    def _of_event(self, event: dict[str, Any]) -> list[str]:
        if event["type"] == "ElementCompleted" and not event["data"].get("body"):
            return self._outcome.model.traced(event["element"])
        if event["type"] == "VariablesChanged" and LOGGED in event["data"]["set"]:
            return [str(event["data"]["set"][LOGGED]["value"])]
        return []

    def _failures(self) -> list[str]:
        found = ["ERROR_runtime"] if self._outcome.failed else []
        for seen in self._outcome.instances:
            for incident in seen.incidents:
                uncaught = incident["incidentType"] == "unhandledError"
                found.append("ERROR_thrownErrorEvent" if uncaught else "ERROR_runtime")
        return found

    def _has_failed(self) -> bool:
        return bool(self._outcome.refused or self._failures())

    def _overlap(self) -> bool:
        """Whether two of the elements that write down their times were at work at the same time."""
        spans: list[tuple[int, int]] = []
        for element in self._outcome.model.stamped():
            for seen in self._outcome.instances:
                times = {e["type"]: millis(e["at"]) for e in seen.events if e["element"] == element}
                if "ElementEntered" in times and "ElementCompleted" in times:
                    spans.append((times["ElementEntered"], times["ElementCompleted"]))
        return any(a[0] < b[1] and b[0] < a[1] for i, a in enumerate(spans) for b in spans[i + 1 :])

    def _trace_reasons(self, trace: list[str]) -> list[str]:
        expected = sorted(self._case.expected)
        if expected == ["ERROR"]:
            return [] if trace and trace[-1].startswith("ERROR") else [f"expected any error, got {trace}"]
        return [] if sorted(trace) == expected else [f"expected {expected}, got {sorted(trace)}"]

    # -- the state ------------------------------------------------------------------------------------------------

    def _state(self) -> str:
        if self._outcome.refused:
            return "refused: " + ", ".join(sorted({problem["rule"] for problem in self._outcome.refused}))
        return "; ".join(_state_of(seen) for seen in self._outcome.instances)

    def _state_reasons(self) -> list[str]:
        if self._outcome.refused:
            return []
        reasons: list[str] = []
        for seen in self._outcome.instances:
            if seen.header["state"] == "completed":
                continue
            if seen.incidents:
                reasons += [] if self._case.expects_failure else [f"incident: {seen.incidents[0]['incidentMessage']}"]
            else:
                reasons += self._unexplained(seen)
        return reasons

    def _unexplained(self, seen: Seen) -> list[str]:
        """Tokens that are left although nothing of the model holds them there."""
        leaves = {token["number"] for token in seen.tokens} - {token["parent"] for token in seen.tokens}
        left = [t for t in seen.tokens if t["number"] in leaves and not self._explained(seen, t["element"])]
        if left or not seen.tokens:
            return [f"{seen.header['state']} at {', '.join(t['element'] for t in left) or 'nothing'} for no reason"]
        return []

    def _explained(self, seen: Seen, element: str) -> bool:
        """It waits for a message, signal or condition; for a time to come; or for tokens that cannot come any more."""
        if any(wait["activityId"] == element for wait in seen.waits):
            return True
        if any(j["activityId"] == element and millis(j["dueDate"]) > self._outcome.ended_at for j in seen.jobs):
            return True
        node = self._nodes.get(element)
        if node is None:
            return False
        joins = etree.QName(node).localname in JOINING and len(self._incoming(element)) > 1
        return joins or int(node.get("startQuantity", "1")) > 1

    # -- the order --------------------------------------------------------------------------------------------------

    def _incoming(self, element: str) -> list[str]:
        flows = self._root.iter(f"{{{BPMN}}}sequenceFlow")
        return [flow.get("sourceRef", "") for flow in flows if flow.get("targetRef") == element]

    def _order_reasons(self, seen: Seen) -> list[str]:
        """A node with incoming flows is entered only after a node before it has completed, once for each time.

        Apart from those are the tokens that undo, and a complex gateway, which goes on in a new token when it fires.
        """
        reasons: list[str] = []
        undoing = {event["token"] for event in seen.events if event["type"] == "UndoStarted"}
        completed: Counter[str] = Counter()
        entered: Counter[str] = Counter()
        elements = {0: ""}
        for event in seen.events:
            element = event["element"]
            if event["type"] == "ElementEntered":
                elements[event["token"]] = element
                if elements.get(event["data"].get("parent", 0)) == element or event["token"] in undoing:
                    continue
                entered[element] += 1
                if entered[element] > self._may_enter(element, completed):
                    reasons.append(f"'{element}' was entered before anything led to it")
            elif event["type"] == "ElementCompleted":
                completed[element] += 1
        return reasons

    def _may_enter(self, element: str, completed: Counter[str]) -> float:
        sources = self._incoming(element)
        if not sources or self._nodes[element].tag == f"{{{BPMN}}}complexGateway":
            return float("inf")
        return sum(completed[source] * self._quantity(source) for source in sources)

    def _quantity(self, element: str) -> float:
        node = self._nodes.get(element)
        if node is None:
            return 0
        repeats = any(e.tag == f"{{{BPMN}}}timeCycle" for e in node.iter())
        return float("inf") if repeats else int(node.get("completionQuantity", "1"))


def _state_of(seen: Seen) -> str:
    if seen.incidents:
        return "incident: " + ", ".join(sorted(incident["incidentType"] for incident in seen.incidents))
    if seen.header["state"] != "active":
        return str(seen.header["state"])
    return "waits at " + ", ".join(sorted(seen.header["tokens"]))
