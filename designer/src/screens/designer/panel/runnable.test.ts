import { expect, it } from "vitest";
import { isOpen, isPointless, limitOptions } from "./runnable";

const OPTIONS = ["", "class", "expression", "delegateExpression", "external", "connector"].map((value) => ({
  value,
  label: value || "none",
}));

it("offers only what runs", () => {
  expect(limitOptions(OPTIONS, "external").map((it) => it.value)).toEqual(["", "expression", "external", "connector"]);
});

it("keeps what a file has brought, and says that it does not run", () => {
  expect(limitOptions(OPTIONS, "class").find((it) => it.value === "class")?.label).toBe(
    "class (does not run in Baton)",
  );
});

it("opens the group with the problem, and always a condition", () => {
  expect(isOpen("CamundaPlatform__Implementation", ["external-topic"])).toBe(true);
  expect(isOpen("CamundaPlatform__Implementation", ["dead-end"])).toBe(false);
  expect(isOpen("CamundaPlatform__Condition", [])).toBe(true);
});

it("leaves out injected fields unless a file has some", () => {
  expect(isPointless({ id: "CamundaPlatform__FieldInjection", items: [] })).toBe(true);
  expect(isPointless({ id: "CamundaPlatform__FieldInjection", items: [{}] })).toBe(false);
  expect(isPointless({ id: "general" })).toBe(false);
});
