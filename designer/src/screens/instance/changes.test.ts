import { describe, expect, it } from "vitest";
import { changesOf } from "./changes";

describe("changesOf", () => {
  it("gives what is new or different, and the names that are gone", () => {
    expect(changesOf({ a: 1, b: { c: [1] }, d: null }, { a: 1, b: { c: [2] }, e: "x" })).toEqual({
      set: { b: { c: [2] }, e: "x" },
      removed: ["d"],
    });
  });

  it("gives nothing when nothing was changed", () => {
    expect(changesOf({ a: 1, b: null }, { b: null, a: 1 })).toEqual({ set: {}, removed: [] });
  });
});
