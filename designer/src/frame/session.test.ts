import { expect, test } from "vitest";
import { type Area, type Me, may, whyNot } from "./session";

const me = (permissions: string[], areas: Area[] = []): Me => ({
  kind: "person",
  id: "anna",
  groups: [],
  roles: [],
  permissions,
  areas,
});
const area = (parts: Partial<Area>): Area => ({
  allows: true,
  permissions: ["task:work"],
  processDefinitionKeys: null,
  tenantIds: null,
  ...parts,
});

test("without areas a permission holds everywhere", () => {
  expect(may(me(["task:work"]), "task:work", { key: "order", tenantId: null })).toBe(true);
  expect(may(me(["*"]), "audit:read")).toBe(true);
  expect(may(me(["task:work"]), "task:update")).toBe(false);
});

test("a permission for some processes does not hold for others", () => {
  const limited = me(["task:work"], [area({ processDefinitionKeys: ["order"] })]);
  expect(may(limited, "task:work", { key: "order", tenantId: "acme" })).toBe(true);
  expect(may(limited, "task:work", { key: "refund", tenantId: "acme" })).toBe(false);
  expect(may(limited, "task:work")).toBe(true);
});

test("a permission for a tenant does not hold for another, nor for what belongs to none", () => {
  const limited = me(["task:work"], [area({ tenantIds: ["acme"] })]);
  expect(may(limited, "task:work", { key: "order", tenantId: "acme" })).toBe(true);
  expect(may(limited, "task:work", { key: "order", tenantId: "other" })).toBe(false);
  expect(may(limited, "task:work", { key: "order", tenantId: null })).toBe(false);
  expect(may(limited, "task:work", { key: "order" })).toBe(true);
});

test("the first area that fits decides", () => {
  const revoked = area({ allows: false, processDefinitionKeys: ["order"] });
  const limited = me(["task:work"], [revoked, area({})]);
  expect(may(limited, "task:work", { key: "order", tenantId: null })).toBe(false);
  expect(may(limited, "task:work", { key: "refund", tenantId: null })).toBe(true);
});

test("what is missing is named, with the process where it is missing there only", () => {
  const limited = me(["task:work"], [area({ processDefinitionKeys: ["order"] })]);
  expect(whyNot(limited, "task:work", { key: "order" })).toBeNull();
  expect(whyNot(limited, "task:work", { key: "refund" })).toContain("task:work for the process refund");
  expect(whyNot(limited, "task:update", { key: "order" })).toContain("the permission task:update, which");
});
