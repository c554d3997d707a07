import { expect, test } from "vitest";
import type { AuditEntry } from "~/api/types";
import { actorOf, isFiltered, toFilter } from "./filters";

test("the address says which entries are wanted", () => {
  const query = new URLSearchParams("who=anna&what=put_user&outcome=refused&after=2026-11-28T10:00");
  expect(toFilter(query)).toMatchObject({ actor: "anna", action: "put_user", outcome: "refused", target: "" });
  expect(toFilter(query).after).toBe(new Date("2026-11-28T10:00").toISOString().replace("Z", "+0000"));
});

test("what is no moment narrows nothing", () => {
  expect(toFilter(new URLSearchParams("before=yesterday")).before).toBe("");
});

test("a page number alone is no filter", () => {
  expect(isFiltered(new URLSearchParams("page=2"))).toBe(false);
  expect(isFiltered(new URLSearchParams("page=2&target=/user"))).toBe(true);
});

test("a key says that it is one", () => {
  const entry = { actorKind: "key", actor: "till" } as AuditEntry;
  expect(actorOf(entry)).toBe("key till");
  expect(actorOf({ ...entry, actorKind: "person", actor: "anna" })).toBe("anna");
});
