import { describe, expect, it } from "vitest";
import type { Batch } from "~/api/batches";
import { progressOf, rests, stateOf, typeOf } from "./words";

const batch = (parts: Partial<Batch>): Batch => ({
  id: "b",
  type: "instance-deletion",
  suspends: null,
  by: null,
  createdAt: "2026-11-29T10:00:00.000+0000",
  endedAt: null,
  suspended: false,
  total: 10,
  done: 0,
  failed: 0,
  left: 10,
  ...parts,
});

describe("a batch", () => {
  it("has the name of its type; one that is not known, its own", () => {
    expect(typeOf(batch({}))).toBe("Cancel instances");
    expect(typeOf(batch({ type: "of-tomorrow" }))).toBe("of-tomorrow");
  });

  it("says whether it suspends or resumes, which are of one type", () => {
    const type = "instance-update-suspension-state";
    const said = [true, false].map((suspends) => typeOf(batch({ type, suspends })));
    expect(said).toEqual(["Suspend instances", "Resume instances"]);
  });

  it("runs while something is left, and rests when it needs somebody", () => {
    expect(stateOf(batch({ failed: 1 })).word).toBe("Running");
    expect(rests(batch({ failed: 1 }))).toBe(false);
    expect(stateOf(batch({ done: 8, failed: 2, left: 0 }))).toEqual({ look: "incident", word: "2 failed" });
    expect(rests(batch({ done: 8, failed: 2, left: 0 }))).toBe(true);
    expect(stateOf(batch({ suspended: true })).word).toBe("Suspended");
    expect(rests(batch({ suspended: true }))).toBe(true);
  });

  it("that has ended before all was done was stopped", () => {
    const endedAt = "2026-11-29T11:00:00.000+0000";
    expect(stateOf(batch({ endedAt, done: 10, left: 0 })).word).toBe("Done");
    expect(stateOf(batch({ endedAt, done: 4, left: 6 })).word).toBe("Stopped");
  });

  it("says what is done, what has failed and what is left, as far as there is any", () => {
    expect(progressOf(batch({ total: 10_000, done: 9_000, failed: 1, left: 999 }))).toBe(
      "9,000 of 10,000 done · 1 failed · 999 left",
    );
    expect(progressOf(batch({ done: 10, left: 0 }))).toBe("10 of 10 done");
  });
});
