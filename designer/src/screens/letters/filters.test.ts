import { describe, expect, it } from "vitest";
import type { DeadLetter } from "~/api/types";
import { elementOf, filterOf, instanceOf, nextOf, pageOf, parseEvent, typeOf } from "./filters";

const event = {
  specversion: "1.0",
  id: "e1",
  source: "/baton/process-instance/i1.2",
  type: "Paid",
  batonelement: "Pay",
};
const letter: DeadLetter = {
  id: "d1",
  direction: "out",
  place: "bus",
  event,
  error: "no",
  at: null,
  again: false,
  attempts: 1,
};

describe("the list of dead letters", () => {
  it("is filtered by what the address says", () => {
    expect(filterOf(new URLSearchParams("place=bus&type=&text=422"))).toEqual({ place: "bus", text: "422" });
    expect(pageOf(new URLSearchParams("page=3"))).toBe(2);
    expect(pageOf(new URLSearchParams("page=nonsense"))).toBe(0);
  });

  it("shows what an event says of itself, and links the instance that it comes from", () => {
    expect([typeOf(letter), elementOf(letter), instanceOf(letter)]).toEqual(["Paid", "Pay", "i1.2"]);
    const foreign = { ...letter, event: { source: "/shop", type: 7 } };
    expect([typeOf(foreign), elementOf(foreign), instanceOf(foreign)]).toEqual(["no type", "", null]);
  });

  it("goes on with the one behind, or the one before", () => {
    expect(nextOf(["a", "b", "c"], "b")).toBe("c");
    expect(nextOf(["a", "b"], "b")).toBe("a");
    expect(nextOf(["a"], "a")).toBeNull();
    expect(nextOf([], "a")).toBeNull();
  });
});

describe("an event that is corrected", () => {
  it("keeps its identity", () => {
    expect(parseEvent(JSON.stringify({ ...event, type: "Settled" }), event)).toEqual({
      ok: true,
      event: { ...event, type: "Settled" },
    });
    expect(parseEvent(JSON.stringify({ ...event, id: "e2" }), event)).toEqual({
      ok: false,
      message: 'id has to stay "e1".',
    });
  });

  it("is a JSON object", () => {
    expect(parseEvent("[]", event)).toMatchObject({ ok: false, message: /object/ });
    expect(parseEvent("{", event)).toMatchObject({ ok: false, message: /not JSON/ });
  });
});
