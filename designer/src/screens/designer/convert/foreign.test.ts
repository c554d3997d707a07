import { describe, expect, it } from "vitest";
import { isForeign } from "./foreign";

const topic = (origin: Record<string, string>) => ({
  name: "charge",
  elements: ["Charge"],
  inputs: [],
  result: null,
  origin,
});
const note = { kind: "changed" as const, element: "Charge", line: 1, message: "is now an external task" };

describe("what a conversion would change", () => {
  it("comes from another engine where a class did the work", () => {
    expect(isForeign({ changed: true, topics: [topic({ class: "com.example.Charge" })], notes: [note] })).toBe(true);
  });

  it("is only unfinished where a task says no work at all", () => {
    expect(isForeign({ changed: true, topics: [topic({})], notes: [note] })).toBe(false);
  });

  it("is offered for other parts of a file with an unfinished task", () => {
    const other = { ...note, element: "Start", message: "a listener became an external task" };
    expect(isForeign({ changed: true, topics: [topic({})], notes: [note, other] })).toBe(true);
  });

  it("is only unfinished where a choice has no condition", () => {
    const completed = { ...note, kind: "completed" as const, element: "no" };
    expect(isForeign({ changed: true, topics: [], notes: [completed] })).toBe(false);
  });

  it("is nothing where nothing would change", () => {
    expect(isForeign({ changed: false, topics: [], notes: [{ ...note, kind: "differs" }] })).toBe(false);
  });
});
