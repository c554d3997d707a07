import { expect, it } from "vitest";
import type { InstanceEvent } from "~/api/types";
import { variableChanges } from "./variableChanges";

const variable = (value: unknown) => ({ value, type: "Integer", valueInfo: {} });
const event = (
  position: number,
  type: string,
  element: string | null,
  token: number | null,
  data = {},
): InstanceEvent => ({
  position,
  at: `2026-11-28T10:00:0${position}.000Z`,
  type,
  element,
  token,
  data,
});

const EVENTS = [
  event(1, "InstanceStarted", null, null),
  event(2, "VariablesChanged", null, 0, { scope: 0, set: { amount: variable(1) } }),
  event(3, "ElementEntered", "Charge", 4),
  event(4, "ExternalTaskCompleted", "Charge", 4, { worker: "worker-7" }),
  event(5, "VariablesChanged", null, 0, { scope: 0, set: { amount: variable(2), paid: variable(1) } }),
  event(6, "VariablesChanged", null, 4, { scope: 4, set: { inner: variable(3) } }),
  event(7, "VariablesChanged", null, 0, { scope: 0, set: {}, removed: ["amount"], by: "ada" }),
];

it("tells when a variable was changed, to what, and by whom", () => {
  const amount = variableChanges(EVENTS, 9).get(0)?.get("amount");
  expect(amount?.map((it) => [it.position, it.value?.value ?? null, it.element, it.by])).toEqual([
    [2, 1, null, "the start"],
    [5, 2, "Charge", "worker-7"],
    [7, null, null, "ada"],
  ]);
});

it("names the element whose token set it where nothing else is known, by scope", () => {
  expect(variableChanges(EVENTS, 9).get(4)?.get("inner")?.[0]).toMatchObject({ element: "Charge", by: null });
});

it("names where an error came from that brought variables along", () => {
  const thrown = [
    event(1, "InstanceStarted", null, null),
    event(2, "ElementEntered", "Ship", 4),
    event(3, "ErrorThrown", "Ship", 4, { code: "out-of-stock" }),
    event(4, "ElementCancelled", "Ship", 4),
    event(5, "VariablesChanged", null, 0, { scope: 0, set: { patience: variable(1) } }),
  ];
  expect(variableChanges(thrown, 9).get(0)?.get("patience")?.[0]).toMatchObject({
    element: "Ship",
    by: "error out-of-stock",
  });
});

it("ignores what comes after a moment", () => {
  expect(variableChanges(EVENTS, 4).get(0)?.get("amount")).toHaveLength(1);
});
