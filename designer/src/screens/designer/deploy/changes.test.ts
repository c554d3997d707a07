import { describe, expect, it } from "vitest";
import { listChanges } from "./changes";

const task = { $type: "bpmn:ServiceTask", id: "t", name: "Charge\npayment" };
const flow = { $type: "bpmn:SequenceFlow", id: "f", sourceRef: task, targetRef: { $type: "bpmn:EndEvent", id: "e" } };

describe("the changes of a diagram", () => {
  it("say where a flow leads now, and what its condition is", () => {
    const condition = (body: string) => ({ $type: "bpmn:FormalExpression", body });
    const attrs = { targetRef: {}, conditionExpression: {} };
    const [change] = listChanges(
      { _added: {}, _removed: {}, _layoutChanged: {}, _changed: { f: { model: flow, attrs } } },
      { f: { ...flow, conditionExpression: condition("a > 1") } },
      { f: { ...flow, targetRef: task, conditionExpression: condition("a > 2") } },
    );
    expect(change?.details).toEqual(["leads to: end event → “Charge payment”", "condition: a > 1 → a > 2"]);
  });

  it("leave out a flow that follows what has moved, and name one that was drawn otherwise", () => {
    const moves = (parts: Record<string, typeof task | typeof flow>) =>
      listChanges({ _added: {}, _removed: {}, _changed: {}, _layoutChanged: parts }, parts, parts).map((it) => it.id);
    expect(moves({ t: task, f: flow })).toEqual(["t"]);
    expect(moves({ f: flow })).toEqual(["f"]);
  });

  it("are listed by name, with what has changed", () => {
    const found = listChanges(
      {
        _added: { f: flow },
        _removed: {},
        _layoutChanged: { t: task },
        _changed: { t: { model: task, attrs: { name: {}, extensionElements: {} } } },
      },
      { t: { ...task, name: "Pay", extensionElements: {} } },
      { t: { ...task, extensionElements: {} }, f: flow },
    );
    expect(found).toEqual([
      { id: "f", kind: "added", name: "flow from “Charge payment” to end event", details: [] },
      {
        id: "t",
        kind: "changed",
        name: "“Charge payment”",
        details: ["name: Pay → Charge payment", "extension elements"],
      },
    ]);
  });
});
