import { describe, expect, it } from "vitest";
import { doForEach } from "./bulk";

describe("doForEach", () => {
  it("does all, tells how far it is, and goes on after what fails", async () => {
    const seen: string[] = [];
    const steps: number[] = [];
    const outcome = await doForEach(
      ["a", "b", "c", "d", "e", "f"],
      async (id) => {
        seen.push(id);
        if (id === "b" || id === "e") throw new Error(`no ${id}`);
      },
      ({ done, failed }) => steps.push(done + failed),
    );
    expect(seen.sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(outcome).toEqual({ done: 4, failed: 2, reason: "no b" });
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
