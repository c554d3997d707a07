import { describe, expect, it } from "vitest";
import type { Header } from "~/api/types";
import { matches, merge, Told } from "./merge";

const header = (id: string, parts: Partial<Header> = {}): Header => ({
  id,
  definitionId: "d:1:x",
  definitionKey: "d",
  businessKey: null,
  state: "active",
  startedAt: `2026-01-01T00:00:0${id}.000Z`,
  endedAt: null,
  startElement: null,
  endElement: null,
  reason: null,
  startedBy: null,
  tenantId: null,
  tokens: {},
  incidents: 0,
  undoing: false,
  position: 5,
  waiting: null,
  undone: false,
  archived: false,
  ...parts,
});
const page = { filter: {}, sortBy: "startedAt", sortOrder: "desc", first: 0, size: 3 };
const ids = (rows: Header[]) => rows.map((it) => it.id).join("");

describe("merge", () => {
  it("puts a new instance on top and keeps the page's size", () => {
    expect(ids(merge([header("3"), header("2"), header("1")], [header("4")], page))).toBe("432");
  });

  it("changes a row in place and ignores what is older than known", () => {
    const rows = merge([header("1")], [header("1", { position: 4, state: "completed" })], page);
    expect(rows[0]?.state).toBe("active");
    expect(merge([header("1")], [header("1", { position: 6, state: "completed" })], page)[0]?.state).toBe("completed");
  });

  it("takes away a row that the filter no longer lets through", () => {
    const filtered = { ...page, filter: { state: "active" } };
    expect(merge([header("1")], [header("1", { position: 6, state: "completed" })], filtered)).toEqual([]);
  });

  it("does not add to another page or sorting", () => {
    expect(ids(merge([header("1")], [header("4")], { ...page, first: 3 }))).toBe("1");
    expect(ids(merge([header("1")], [header("4")], { ...page, sortOrder: "asc" }))).toBe("1");
  });
});

describe("Told", () => {
  it("brings what the stream has told while the page was on its way", () => {
    const told = new Told();
    told.begin();
    told.add([header("1", { position: 6, state: "suspended" }), header("2", { position: 4 })]);
    told.add([header("3"), header("1", { position: 5 })]);
    expect(told.bringInto([header("2"), header("1")], page).map((it) => [it.id, it.state, it.position])).toEqual([
      ["3", "active", 5],
      ["2", "active", 5],
      ["1", "suspended", 6],
    ]);
  });

  it("leaves to the answer what came before it was asked for", () => {
    const told = new Told();
    told.add([header("2")]);
    told.begin();
    expect(told.bringInto([header("1")], page)).toEqual([header("1")]);
  });

  it("holds no more than the newest, however long the answer takes", () => {
    const told = new Told();
    told.add([header("4")]);
    told.add(Array.from({ length: 1_000 }, (_, at) => header(`x${at}`, { startedAt: "2025-01-01T00:00:00.000Z" })));
    expect(ids(told.bringInto([header("3"), header("2"), header("1")], page))).toBe("321");
  });
});

describe("matches", () => {
  it("looks for a part of the business key", () => {
    expect(matches(header("1", { businessKey: "Order-7" }), { businessKeyLike: "%order%" })).toBe(true);
    expect(matches(header("1"), { businessKeyLike: "%order%" })).toBe(false);
  });
});
