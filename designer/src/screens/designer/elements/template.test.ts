import { describe, expect, it } from "vitest";
import { CATALOG } from "./catalog";
import { appliesTo, type ElementTemplate, findForeign, parseTemplates, writeValue } from "./template";

const template = (binding: object): ElementTemplate =>
  ({ id: "t", name: "T", appliesTo: ["bpmn:Task"], properties: [{ binding }] }) as ElementTemplate;

const expression = (inner: string) => `$\{${inner}}`;

describe("element templates", () => {
  it("are read from a file with one or with many", () => {
    const one = template({ type: "property", name: "camunda:topic" });
    expect(parseTemplates(JSON.stringify(one))).toEqual([one]);
    expect(parseTemplates(JSON.stringify([one, one]))).toHaveLength(2);
    expect(() => parseTemplates("{}")).toThrow(/expected element templates/);
  });

  it.each([
    { type: "camunda:field", name: "url" },
    { type: "property", name: "camunda:class" },
    { type: "zeebe:input", name: "url" },
  ])("that set what Baton does not run are refused: %o", (binding) => {
    expect(() => parseTemplates(JSON.stringify(template(binding)))).toThrow(/T sets .* which Baton does not run/);
  });

  it("of the catalogue run and apply to a plain task", () => {
    expect(CATALOG.map(findForeign)).toEqual(CATALOG.map(() => null));
    expect(CATALOG.filter(appliesTo("bpmn:Task"))).toHaveLength(CATALOG.length);
    expect(new Set(CATALOG.map((it) => it.id)).size).toBe(CATALOG.length);
  });

  it("write numbers and truth values so that they keep their type", () => {
    const binding = { type: "camunda:inputParameter", name: "a" } as const;
    expect(writeValue({ type: "Number", binding }, "12")).toBe(expression("12"));
    expect(writeValue({ type: "Boolean", binding }, "true")).toBe(expression("true"));
    expect(writeValue({ type: "Number", binding }, expression("total"))).toBe(expression("total"));
    expect(writeValue({ type: "String", binding }, "12")).toBe("12");
  });
});
