import { describe, expect, it } from "vitest";
import { heatOf } from "./heat";

const element = (id: string, entered: number, p50: number | null) => ({
  id,
  entered,
  completed: entered,
  cancelled: 0,
  p50,
  p95: p50,
});

describe("heatOf", () => {
  it("is strongest where most was passed", () => {
    const heat = heatOf([element("A", 10, 5), element("B", 5, null)], "frequency");
    expect(heat.get("A")).toEqual({ value: 10, strength: 1, text: "10" });
    expect(heat.get("B")?.strength).toBe(0.5);
  });

  it("says durations in words, and leaves out what has none", () => {
    const heat = heatOf([element("A", 1, 90_000), element("B", 1, null), element("C", 1, 0)], "p95");
    expect([...heat.keys()]).toEqual(["A", "C"]);
    expect(heat.get("A")?.text).toBe("1 min 30 s");
    expect(heat.get("C")?.strength).toBe(0);
  });

  it("tells ten seconds from one, and takes what is nearly as long for nearly as strong", () => {
    const heat = heatOf([element("A", 1, 10_000), element("B", 1, 1_000), element("C", 1, 9_000)], "p50");
    expect(heat.get("A")?.strength).toBe(1);
    expect(heat.get("B")?.strength).toBeCloseTo(0.15);
    expect(heat.get("C")?.strength).toBeGreaterThan(0.9);
  });

  it("shows nothing where only the tokens of now are wanted", () => {
    expect(heatOf([element("A", 1, 1)], "now").size).toBe(0);
  });
});
