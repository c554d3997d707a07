import { describe, expect, it } from "vitest";
import type { VariableUse } from "~/api/types";
import { outlineByVariable, outlineOf } from "./variables";

const use = (element: string, access: VariableUse["access"], name: string, place: string): VariableUse => ({
  element,
  access,
  name,
  place,
  resource: "diagram.bpmn",
});

const USES = [
  use("pay", "read", "total", "inputs"),
  use("pay", "read", "total", "topic"),
  use("pay", "write", "sum", "inputs"),
  use("rate", "write", "total", "script"),
];

describe("the outline of variables", () => {
  it("tells of an element what it reads and writes, each variable once with its places", () => {
    expect(outlineOf(USES, "pay")).toEqual({
      reads: [{ name: "total", places: ["input", "topic"] }],
      writes: [{ name: "sum", places: ["input"] }],
    });
    expect(outlineOf(USES, "other")).toEqual({ reads: [], writes: [] });
  });

  it("tells of the process who reads and who writes each variable", () => {
    expect(outlineByVariable(USES)).toEqual([
      { name: "sum", readBy: [], writtenBy: ["pay"], usedBy: [] },
      { name: "total", readBy: ["pay"], writtenBy: ["rate"], usedBy: [] },
    ]);
    const form = [use("ask", "read", "total", "form"), use("ask", "write", "total", "form")];
    expect(outlineByVariable(form)).toEqual([{ name: "total", readBy: [], writtenBy: [], usedBy: ["ask"] }]);
  });
});
