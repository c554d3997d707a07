import { describe, expect, it } from "vitest";
import { fold } from "./fold";
import { callersOf, callsOf, eventsOf } from "./view";

let position = 0;
const event = (type: string, element: string | null, token: number | null, data: Record<string, unknown> = {}) => ({
  position: ++position,
  type,
  at: "2026-11-28T10:00:00.000Z",
  element,
  token,
  data,
});

const HISTORY = [
  event("InstanceStarted", null, null),
  event("ElementEntered", "Call", 1),
  event("ElementEntered", "middle", 2, { parent: 1, called: "middle:1:a" }),
  event("ElementEntered", "Again", 3, { parent: 2 }),
  event("ElementEntered", "inner", 4, { parent: 3, called: "inner:1:b" }),
  event("ElementEntered", "Ask", 5, { parent: 4 }),
];

describe("called processes", () => {
  const view = fold(HISTORY);

  it("are found by what has called them", () => {
    expect(callsOf(view, 0, "Call")).toEqual([2]);
    expect(callsOf(view, 2, "Again")).toEqual([4]);
    expect(callsOf(view, 0, "Again")).toEqual([]);
  });

  it("know the called processes around them, the outermost first", () => {
    expect(callersOf(view, 2)).toEqual([]);
    expect(callersOf(view, 4)).toEqual([2]);
  });

  it("have the events of their own tokens", () => {
    expect(eventsOf(view, 2, HISTORY).map((it) => it.element)).toEqual(["middle", "Again", "inner"]);
    expect(eventsOf(view, 4, HISTORY).map((it) => it.element)).toEqual(["inner", "Ask"]);
  });
});
