import { describe, expect, it } from "vitest";
import { blankDiagram, hasGeneratedId, keyFromName } from "./blank";

describe("a new diagram", () => {
  it("holds an executable process with an id that is replaced at the first deployment", () => {
    const id = /process id="([^"]+)" isExecutable="true"/.exec(blankDiagram())?.[1] ?? "";
    expect(hasGeneratedId(id)).toBe(true);
    expect(hasGeneratedId("order-fulfilment")).toBe(false);
  });

  it("gets a key that can stand in a URL and in XML", () => {
    expect(keyFromName("Order fulfilment")).toBe("order-fulfilment");
    expect(keyFromName("Prüfung & Zahlung!")).toBe("prufung-zahlung");
    expect(keyFromName("3 steps")).toBe("process-3-steps");
  });
});
