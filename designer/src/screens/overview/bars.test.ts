import { describe, expect, it } from "vitest";
import { barsOf, mostOf } from "./bars";

describe("the bars of a chart", () => {
  it("stand on the ground, as tall as their values", () => {
    const [full, half, none] = barsOf([10, 5, 0], 10, 30, 40);
    expect(full).toEqual({ x: 1.5, y: 0, width: 7, height: 40 });
    expect(half).toMatchObject({ x: 11.5, y: 20, height: 20 });
    expect(none).toBeNull();
  });

  it("show one among a thousand, and nothing where nothing is known", () => {
    const [small, unknown] = barsOf([1, null], 1000, 20, 40);
    expect(small?.height).toBeGreaterThan(1);
    expect(unknown).toBeNull();
    expect(mostOf([null, 3], [7])).toBe(7);
    expect(mostOf([])).toBe(0);
  });
});
