import { describe, expect, it } from "vitest";
import { draftForm, findFormFile } from "./draftForm";
import type { FormField } from "./formData";
import { fillForm } from "./load";
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

describe("a form of form-js", () => {
  const file = (name: string, schema: object) => ({ name, content: JSON.stringify(schema) });
  const named = (name: string) => ({ name, deployed: true });

  it("is found beside a draft by the id that it gives itself, before its name", () => {
    const files = [
      file("decide.form", { id: "other", components: [] }),
      file("x.form", { id: "decide", components: [] }),
    ];
    expect(findFormFile(files, "decide")?.name).toBe("x.form");
    expect(findFormFile(files, "camunda-forms:deployment:decide.form")?.name).toBe("decide.form");
    expect(findFormFile(files, "none")).toBeUndefined();
  });

  it("that is not there, belongs to others or is no form is not drawn, and the reason is given", () => {
    expect(draftForm([], named("gone"), []).note).toMatch(/gone does not lie beside this draft/);
    expect(draftForm([], { name: "embedded:app:forms/a.html", deployed: false }, []).note).toMatch(/HTML/);
    expect(draftForm([], named("a"), [{ name: "a.form", content: "{" }])).toMatchObject({
      schema: null,
      note: expect.stringMatching(/not JSON/),
    });
    expect(draftForm([], named("a"), [file("a.form", {})]).note).toMatch(/expected an object with "components"/);
  });

  it("names the parts for which Baton has no storage, also inside of groups", () => {
    const scan = { type: "group", components: [{ type: "filepicker", key: "scan", label: "Scan" }] };
    const form = draftForm([], named("a"), [file("a.form", { components: [scan] })]);
    expect(form.schema).not.toBeNull();
    expect(form.note).toMatch(/do nothing: Scan/);
  });

  it("sees what the instance knows", () => {
    const form = draftForm([], named("a"), [file("a.form", { components: [] })]);
    expect(fillForm(form, { x: { value: "[1]", type: "Json" } }).data).toEqual({ x: [1] });
  });
});
