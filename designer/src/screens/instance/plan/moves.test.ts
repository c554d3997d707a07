import { describe, expect, it } from "vitest";
import type { InstanceEvent } from "~/api/types";
import { numbersOf } from "~/diagram/plan";
import { fold } from "~/live/fold";
import { marksOf, outcomeOf, toInstructions } from "./moves";

let position = 0;
const event = (type: string, element: string | null, token: number, data = {}): InstanceEvent => {
  position += 1;
  return { position, at: "2026-11-28T10:00:00.000Z", type, element, token, data };
};
const enter = (element: string, token: number) =>
  event("ElementEntered", element, token, { parent: 0, kind: "serviceTask" });

describe("toInstructions", () => {
  it("ends all tokens before any begins", () => {
    const steps = [
      { token: 7, to: "Charge", place: "before" as const },
      { token: 8, to: null, place: "before" as const },
      { token: null, to: "Ship", place: "after" as const },
    ];
    expect(toInstructions("abc-07", steps)).toEqual([
      { type: "cancel", activityInstanceId: "abc-07.7" },
      { type: "cancel", activityInstanceId: "abc-07.8" },
      { type: "startBeforeActivity", activityId: "Charge" },
      { type: "startAfterActivity", activityId: "Ship" },
    ]);
  });
});

describe("outcomeOf", () => {
  it("tells what stops, what starts and what is passed on the way", () => {
    const view = fold([event("InstanceStarted", null, 0), enter("Ship", 1)]);
    const events = [
      event("ElementCancelled", "Ship", 1),
      enter("Gate", 2),
      event("ElementCompleted", "Gate", 2),
      enter("Charge", 3),
    ];
    const outcome = outcomeOf(view, events, "active");
    expect(outcome.stops.map((it) => it.element)).toEqual(["Ship"]);
    expect(outcome.starts.map((it) => it.element)).toEqual(["Charge"]);
    expect(outcome.passes).toEqual(["Gate"]);
    expect(outcome.ends).toBeNull();
    expect(marksOf(outcome)).toEqual([
      { element: "Ship", kind: "stop", text: "×" },
      { element: "Charge", kind: "start", text: "+" },
    ]);
  });

  it("tells the end of the instance", () => {
    const view = fold([event("InstanceStarted", null, 0), enter("Ship", 1)]);
    const events = [event("ElementCancelled", "Ship", 1), event("InstanceEnded", null, 0, { state: "completed" })];
    expect(outcomeOf(view, events, "completed")).toMatchObject({ ends: "completed", starts: [] });
  });
});

describe("numbersOf", () => {
  it("gives an activity that was done twice both its numbers", () => {
    expect(numbersOf(["B", "A", "B"])).toEqual([
      { element: "B", kind: "undo", text: "1,3" },
      { element: "A", kind: "undo", text: "2" },
    ]);
  });
});
