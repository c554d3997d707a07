import { describe, expect, it } from "vitest";
import { addDuration } from "./run";
import { compare, FORMAT, fileName, parseScenario, writeScenario } from "./scenario";

const SCENARIO = {
  format: FORMAT,
  name: "Back order",
  process: "order",
  steps: [{ type: "wait" }],
  expect: {},
} as const;

describe("a scenario", () => {
  it("is read as it was written", () => {
    expect(parseScenario(writeScenario({ ...SCENARIO, steps: [...SCENARIO.steps] }))).toEqual(SCENARIO);
  });

  it("of another format, or without its parts, is refused with the reason", () => {
    expect(() => parseScenario("{")).toThrow("This is not JSON");
    expect(() => parseScenario('{"format": "baton-scenario/2"}')).toThrow('found "baton-scenario/2"');
    expect(() => parseScenario(`{"format": "${FORMAT}"}`)).toThrow('Expected a scenario with "name"');
  });

  it("is saved under a name for files", () => {
    expect(fileName({ process: "order", name: "Zurück: 2 Tage später!" })).toBe(
      "order.zuruck-2-tage-spater.scenario.json",
    );
  });

  it("says what differs from the expectation, and asks for no more than stands in it", () => {
    expect(compare({ state: "completed" }, { state: "completed", endElement: "Done" })).toBeNull();
    expect(compare({ waitsAt: ["A", "B"] }, { waitsAt: ["A"] })).toBe("Waits at: expected A, B, but found A");
    expect(compare({ undone: ["A"] }, {})).toBe("Undone: expected A, but found nothing");
  });
});

describe("a wait", () => {
  it("moves the clock on by its duration", () => {
    expect(addDuration("2026-01-01T00:00:00.000+0000", "P1DT2H0.5S")).toBe("2026-01-02T02:00:00.500+0000");
    expect(() => addDuration("2026-01-01T00:00:00.000+0000", "1h")).toThrow("Expected a duration such as PT1H");
  });
});
