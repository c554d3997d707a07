import { describe, expect, it } from "vitest";
import type { FormField } from "./formData";
import { readFormJs } from "./formJs";
import { fieldsToVariables } from "./values";
import { parseObject, plain, show, toVariables } from "./variables";

const field = (parts: Partial<FormField>): FormField => ({
  id: "a",
  label: "A",
  type: "string",
  defaultValue: "",
  required: false,
  readonly: false,
  options: [],
  ...parts,
});

describe("variables", () => {
  it("get the type that the API gives such a value", () => {
    expect(toVariables({ a: 1, b: 1.5, c: "x", d: true, e: null, f: [1], g: 2 ** 40 })).toEqual({
      a: { value: 1, type: "Integer" },
      b: { value: 1.5, type: "Double" },
      c: { value: "x", type: "String" },
      d: { value: true, type: "Boolean" },
      e: { value: null, type: "Null" },
      f: { value: "[1]", type: "Json" },
      g: { value: 2 ** 40, type: "Long" },
    });
  });

  it("are shown as what they are, JSON text included", () => {
    expect(plain({ value: '{"x":1}', type: "Json" })).toEqual({ x: 1 });
    expect(show({ value: [1, 2], type: "Json" })).toBe("[1,2]");
  });

  it("must be written as an object", () => {
    expect(parseObject("")).toEqual({ ok: true, values: {} });
    expect(parseObject("[1]")).toMatchObject({ ok: false });
    expect(parseObject("{")).toMatchObject({ ok: false });
  });
});

describe("form fields", () => {
  it("become variables of their type", () => {
    const fields = [field({ id: "n", type: "number" }), field({ id: "b", type: "boolean" }), field({ id: "s" })];
    expect(fieldsToVariables(fields, { n: "12", b: "true", s: "x" })).toEqual({
      n: { value: 12, type: "Integer" },
      b: { value: true, type: "Boolean" },
      s: { value: "x", type: "String" },
    });
  });

  it("that are empty or read-only send nothing, except an unset checkbox", () => {
    const fields = [
      field({ id: "n", type: "number" }),
      field({ id: "r", readonly: true, defaultValue: "x" }),
      field({ id: "b", type: "boolean" }),
    ];
    expect(fieldsToVariables(fields, {})).toEqual({ b: { value: false, type: "Boolean" } });
  });
});

describe("a form-js schema", () => {
  const read = (...components: object[]) => readFormJs(JSON.stringify({ type: "default", components }));

  it("gives a field for each component that asks for a value", () => {
    const { fields, missing } = read(
      { type: "text", text: "# Hello" },
      { type: "textarea", key: "why", label: "Why", validate: { required: true, minLength: 5 } },
      { type: "number", key: "days", validate: { min: 1, max: 30 } },
      { type: "datetime", subtype: "datetime", key: "when", dateLabel: "When" },
      { type: "group", components: [{ type: "radio", key: "kind", values: [{ label: "A", value: "a" }] }] },
    );
    expect(fields.map((it) => [it.id, it.type, it.label])).toEqual([
      ["why", "text", "Why"],
      ["days", "number", "days"],
      ["when", "datetime", "When"],
      ["kind", "enum", "kind"],
    ]);
    expect(fields[0]).toMatchObject({ required: true, minLength: 5 });
    expect(fields[1]).toMatchObject({ min: 1, max: 30 });
    expect(missing).toEqual([]);
  });

  it("says which parts are not drawn, and leaves fields that may be hidden to the server", () => {
    const { fields, missing } = read(
      { type: "filepicker", key: "scan", label: "Scan" },
      { type: "select", key: "city", label: "City", valuesKey: "cities" },
      { type: "textfield", key: "reason", validate: { required: true }, conditional: { hide: "=approved" } },
    );
    expect(missing).toEqual(["Scan", "City"]);
    expect(fields).toMatchObject([{ id: "reason", required: false }]);
  });
});
