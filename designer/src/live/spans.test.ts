import { describe, expect, it } from "vitest";
import type { InstanceEvent } from "~/api/types";
import { rowsOf } from "./spanRows";
import { packLanes, pathsOf, spansOf } from "./spans";

type Parts = [type: string, element: string | null, token: number | null, data?: Record<string, unknown>];

const events = (...list: Parts[]): InstanceEvent[] =>
  list.map(([type, element, token, data = {}], index) => ({
    position: index + 1,
    at: new Date(index * 1000).toISOString(),
    type,
    element,
    token,
    data,
  }));

const UNDONE = events(
  ["ElementEntered", "Charge", 1],
  ["CompensationRecorded", "Charge", 1, { seq: 1 }],
  ["ElementCompleted", "Charge", 1],
  ["ElementEntered", "Ship", 2],
  ["ElementCancelled", "Ship", 2],
  ["ElementEntered", "Refund", 3],
  ["UndoStarted", "Charge", 3, { seq: 1 }],
  ["ElementCompleted", "Refund", 3],
  ["UndoCompleted", "Charge", 1, { seq: 1 }],
  ["ElementEntered", "Ask", 4],
  ["UserTaskCreated", "Ask", 4],
);

describe("spansOf", () => {
  it("gives what was undone, what undid it, what was cancelled and what waits a look of its own", () => {
    expect(spansOf(UNDONE).map((it) => [it.element, it.look, it.from, it.to, it.open])).toEqual([
      ["Charge", "undone", 1, 3, false],
      ["Ship", "cancelled", 4, 5, false],
      ["Refund", "undoing", 6, 8, false],
      ["Ask", "waiting", 10, 11, true],
    ]);
  });

  it("waits at an event-based gateway, and not where work goes on beside a boundary event", () => {
    const spans = spansOf(
      events(
        ["ElementEntered", "Choice", 1],
        ["SubscriptionOpened", "Arrived", 1],
        ["TimerSet", "TooLate", 1],
        ["ElementEntered", "Work", 2],
        ["TimerSet", "Limit", 2],
        ["ExternalTaskCreated", "Work", 2],
        ["ElementEntered", "Inside", 3],
        ["TimerSet", "Limit", 3],
        ["ElementEntered", "Step", 4, { parent: 3 }],
      ),
    );
    expect(spans.map((it) => it.look)).toEqual(["waiting", "active", "active", "active"]);
  });

  it("ends with the instance, and leaves out bodies of loops and what is the engine's own", () => {
    const spans = spansOf(
      events(
        ["ElementEntered", "Loop", 1, { body: true }],
        ["ElementEntered", "$undo", 2],
        ["ElementEntered", "Loop", 3],
        ["IncidentOpened", "Loop", 3],
        ["InstanceEnded", null, null, { state: "cancelled" }],
      ),
    );
    expect(spans.map((it) => [it.token, it.look, it.open])).toEqual([[3, "cancelled", false]]);
  });

  it("shows an incident until it is resolved", () => {
    const failed = events(
      ["ElementEntered", "Work", 1],
      ["IncidentOpened", "Work", 1],
      ["IncidentResolved", "Work", 1],
    );
    expect(spansOf(failed.slice(0, 2))[0]?.look).toBe("incident");
    expect(spansOf(failed)[0]?.look).toBe("active");
  });
});

describe("packLanes", () => {
  it("puts what is at once into different lanes, and what finds none into the last", () => {
    const spans = spansOf(
      events(
        ["ElementEntered", "A", 1],
        ["ElementEntered", "B", 2],
        ["ElementEntered", "C", 3],
        ["ElementCompleted", "A", 1],
        ["ElementEntered", "D", 4],
        ["FlowTaken", null, 4],
      ),
    );
    expect(packLanes(spans, 2)).toEqual([0, 1, 1, 0]);
  });
});

describe("rowsOf", () => {
  it("adds up the times of an element", () => {
    const rows = rowsOf(spansOf(UNDONE));
    expect(rows.map((it) => [it.element, it.time])).toEqual([
      ["Charge", 2000],
      ["Ship", 1000],
      ["Refund", 2000],
      ["Ask", 1000],
    ]);
  });
});

describe("pathsOf", () => {
  it("draws all bars of a look in one go", () => {
    const paths = pathsOf(spansOf(UNDONE), (it) => [it.from, it.to, 0]);
    expect(paths.get("undone")).toBe("M1 0H3");
    expect(paths.size).toBe(4);
  });
});
