import { describe, expect, it } from "vitest";
import type { InstanceEvent } from "~/api/types";
import { marksOf } from "~/diagram/marks";
import { apply, fold } from "./fold";
import { emptyView, tokenLook, tokensByElement } from "./view";

type Parts = [type: string, element?: string | null, token?: number | null, data?: Record<string, unknown>];

function events(...list: Parts[]): InstanceEvent[] {
  return list.map(([type, element = null, token = null, data = {}], index) => ({
    position: index + 1,
    at: `2026-01-01T00:00:${String(index % 60).padStart(2, "0")}.000Z`,
    type,
    element,
    token,
    data,
  }));
}

describe("a migration", () => {
  const before = events(
    ["InstanceStarted", null, 0, { definition: "order:1:x" }],
    ["ElementEntered", "Ask", 1, {}],
    ["ElementCompleted", "Ask", 1],
    ["FlowTaken", null, 1, { flow: "f1" }],
    ["ElementEntered", "Tell", 2, {}],
  );
  const migration = { definition: "order:2:y", from: "order:1:x", elements: { 2: "Shout" } };
  const [last] = events(["InstanceMigrated", null, null, migration]);
  const all = last ? [...before, { ...last, position: 6 }] : before;

  it("puts the tokens and the definition in place, and leaves nothing at the element that was left", () => {
    const root = fold(all).processes.get(0);
    expect(root?.definition).toBe("order:2:y");
    expect(root?.elements.get("Tell")?.entered).toBe(0);
    expect(root?.elements.get("Shout")?.entered).toBe(1);
    expect(fold(before).processes.get(0)?.definition).toBe("order:1:x");
  });

  it("does not draw a flow that leads from elsewhere now, though one of its id was taken", () => {
    const view = fold(all);
    const root = view.processes.get(0);
    if (!root) throw new Error();
    const none = { flows: new Map(), elements: new Map() };
    expect(marksOf(view, root, none, () => "Shout").has("f1")).toBe(false);
    expect(marksOf(view, root, none, () => "Ask").get("f1")).toBe("mark-taken");
    expect(marksOf(view, root, none, () => "Shout").has("Tell")).toBe(false);
  });
});

const ORDER = events(
  ["InstanceStarted", null, 0, { definition: "order:1:x" }],
  ["ElementEntered", "Start", 1, {}],
  ["ElementCompleted", "Start", 1],
  ["FlowTaken", null, 1, { flow: "f1" }],
  ["ElementEntered", "Reserve", 2, {}],
  ["ExternalTaskCreated", "Reserve", 2, { id: "t", topic: "reserve" }],
  ["VariablesChanged", null, null, { scope: 0, set: { a: { value: 1 }, b: { value: 2 } }, removed: [] }],
  ["VariablesChanged", null, null, { scope: 0, set: { a: { value: 3 } }, removed: ["b"] }],
  ["ElementCompleted", "Reserve", 2],
  ["CompensationRecorded", "Reserve", 2, { seq: 1, handler: "Release" }],
  ["FlowTaken", null, 2, { flow: "f2" }],
  ["ElementEntered", "Throw", 3, {}],
  ["CompensationStarted", "Throw", 3, { plan: [1] }],
  ["UndoStarted", "Release", 4, { seq: 1, handler: "Release" }],
  ["ElementEntered", "Release", 4, {}],
  ["ElementCompleted", "Release", 4],
  ["UndoCompleted", "Reserve", 2, { seq: 1 }],
  ["CompensationCompleted", "Throw", 3],
  ["ElementCompleted", "Throw", 3],
  ["InstanceEnded", null, 0, { state: "completed", reason: null }],
);

describe("fold", () => {
  it("puts a token where an element was entered and takes it away when it completes", () => {
    const view = fold(ORDER, 6);
    expect([...tokensByElement(view, 0).keys()]).toEqual(["Reserve"]);
    expect(view.tokens.get(2)?.wait).toBe("work");
    expect(view.processes.get(0)?.elements.get("Start")).toMatchObject({ entered: 1, completed: 1, last: "completed" });
    expect(view.processes.get(0)?.flows.get("f1")).toBe(1);
  });

  it("gives the same view in one go and one by one", () => {
    const byOne = ORDER.reduce((view, event) => apply(view, [event]).view, emptyView());
    expect(byOne).toEqual(fold(ORDER));
  });

  it("leaves the view that it was given alone", () => {
    const before = fold(ORDER, 4);
    const frozen = structuredClone(before);
    apply(before, ORDER);
    expect(before).toEqual(frozen);
  });

  it("ignores events that it knows already and types that it does not know", () => {
    const view = fold(ORDER, 6);
    expect(apply(view, ORDER.slice(0, 6)).moves).toEqual([]);
    expect(
      apply(view, [{ position: 7, at: "", type: "FutureEvent", element: null, token: null, data: {} }]).view.position,
    ).toBe(7);
  });

  it("keeps the variables of a scope as they were last set", () => {
    expect(fold(ORDER).variables.get(0)).toEqual({ a: { value: 3 } });
  });

  it("shows a handler's token as undoing and the activity as undone afterwards", () => {
    const during = fold(ORDER, 15);
    expect(during.undoing).toBe(true);
    expect(during.ledger.get(1)?.state).toBe("undoing");
    const handler = during.tokens.get(4);
    expect(handler && tokenLook(handler)).toBe("undoing");
    const after = fold(ORDER, 18);
    expect(after.undoing).toBe(false);
    expect(after.ledger.get(1)?.state).toBe("undone");
    expect(after.processes.get(0)?.elements.get("Reserve")).toMatchObject({ undone: 1, last: "undone" });
  });

  it("tells the way of the undoing: from the throw to the activity, then on to the one before", () => {
    const { moves } = apply(emptyView(), ORDER);
    expect(moves.filter((it) => it.kind === "undo")).toMatchObject([
      { from: "Throw", element: "Reserve", handler: "Release" },
    ]);
    expect(moves.filter((it) => it.kind === "flow").map((it) => it.flow)).toEqual(["f1", "f2"]);
  });

  it("clears every token when the instance ends", () => {
    const view = fold(ORDER);
    expect(view.tokens.size).toBe(0);
    expect(view.state).toBe("completed");
  });

  it("keeps what was left undoable when the instance ended", () => {
    const list = events(
      ["ElementEntered", "Reserve", 1, {}],
      ["CompensationRecorded", "Reserve", 1, { seq: 1, handler: "Release" }],
      ["InstanceEnded", null, null, { state: "completed" }],
    );
    expect(fold(list, 2).ledger.get(1)?.state).toBe("undoable");
    expect(fold(list).ledger.get(1)?.state).toBe("kept");
  });

  it("keeps elements of a called process apart from those of its caller", () => {
    const view = fold(
      events(
        ["ElementEntered", "Call", 1, {}],
        ["ElementEntered", "pay", 2, { parent: 1, called: "pay:2:y" }],
        ["ElementEntered", "Reserve", 3, { parent: 2 }],
        ["ElementEntered", "Inner", 4, { parent: 3 }],
        ["FlowTaken", null, 4, { flow: "f1" }],
      ),
    );
    expect(view.tokens.get(4)?.process).toBe(2);
    expect(view.processes.get(2)).toMatchObject({ definition: "pay:2:y" });
    expect(view.processes.get(2)?.flows.get("f1")).toBe(1);
    expect(view.callers.get(2)).toBe("Call");
    expect(view.processes.get(0)?.elements.has("Reserve")).toBe(false);
  });

  it("marks a token with an incident until its last incident is resolved", () => {
    const list = events(
      ["ElementEntered", "Charge", 1, {}],
      ["IncidentOpened", "Charge", 1, { id: "i1", kind: "failedJob", message: "boom" }],
      ["IncidentOpened", "Charge", 1, { id: "i2", kind: "failedJob", message: "bang" }],
      ["IncidentResolved", "Charge", 1, { id: "i1" }],
      ["IncidentResolved", "Charge", 1, { id: "i2" }],
    );
    expect(fold(list, 4).tokens.get(1)?.incident).toBe(true);
    expect(fold(list, 5).tokens.get(1)?.incident).toBe(false);
  });

  it("does not make a scope wait for the timer of its boundary event", () => {
    const list = events(
      ["ElementEntered", "Sub", 1],
      ["TimerSet", "Timeout", 1, { id: "j", due: 1 }],
      ["ElementEntered", "Inside", 2, { parent: 1 }],
    );
    expect(fold(list).tokens.get(1)?.wait).toBeNull();
  });

  it("shows and counts the iterations of a loop, not its body", () => {
    const list = events(
      ["ElementEntered", "Each", 1, { body: true }],
      ["ElementEntered", "Each", 2, { parent: 1 }],
      ["ElementEntered", "Each", 3, { parent: 1 }],
      ["ElementCompleted", "Each", 2],
      ["ElementCompleted", "Each", 3],
      ["ElementCompleted", "Each", 1],
    );
    expect(
      tokensByElement(fold(list, 3), 0)
        .get("Each")
        ?.map((it) => it.number),
    ).toEqual([2, 3]);
    expect(fold(list).processes.get(0)?.elements.get("Each")).toMatchObject({
      entered: 2,
      completed: 2,
      last: "completed",
    });
  });

  it("tells a host's own work from its boundary event whichever comes first", () => {
    const work: Parts = ["ExternalTaskCreated", "Charge", 1, { id: "t", topic: "charge" }];
    const timer: Parts = ["TimerSet", "Timeout", 1, { id: "j", due: 1 }];
    for (const order of [
      [work, timer],
      [timer, work],
    ]) {
      expect(fold(events(["ElementEntered", "Charge", 1], ...order)).tokens.get(1)?.wait).toBe("work");
    }
  });

  it("knows by name and moment all that a token waits for", () => {
    const view = fold(
      events(
        ["ElementEntered", "Wait", 1, { kind: "eventBasedGateway" }],
        ["SubscriptionOpened", "Arrived", 1, { id: "s", kind: "message", name: "StockArrived" }],
        ["TimerSet", "TooLate", 1, { id: "t", due: 1000 }],
      ),
    );
    expect(view.tokens.get(1)?.awaited).toEqual([
      { id: "s", element: "Arrived", kind: "message", name: "StockArrived", due: null },
      { id: "t", element: "TooLate", kind: "timer", name: null, due: "1970-01-01T00:00:01.000Z" },
    ]);
  });

  it("forgets a timer that has fired beside the work, and hears of a new assignee", () => {
    const view = fold(
      events(
        ["ElementEntered", "Sign", 1, { kind: "userTask" }],
        ["TimerSet", "Remind", 1, { id: "t", due: 1000 }],
        ["UserTaskCreated", "Sign", 1, { id: "u", assignee: null }],
        ["TimerFired", "Remind", 1, { id: "t" }],
        ["UserTaskChanged", "Sign", 1, { id: "u", assignee: "ada" }],
      ),
    );
    expect(view.tokens.get(1)?.awaited).toEqual([{ id: "u", element: "Sign", kind: "person", name: "ada", due: null }]);
  });

  it("lets a token at an event-based gateway wait for what comes first", () => {
    const view = fold(
      events(
        ["ElementEntered", "Gateway", 1],
        ["SubscriptionOpened", "Stock", 1, { kind: "message", name: "Stock" }],
        ["TimerSet", "Timeout", 1, {}],
      ),
    );
    expect(view.tokens.get(1)?.wait).toBe("message");
  });
});
