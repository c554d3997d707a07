import { describe, expect, it } from "vitest";
import { fault, filterOf, moment, variableFilter } from "./filters";

const of = (query: string) =>
  Object.fromEntries(Object.entries(filterOf(new URLSearchParams(query))).filter(([, value]) => value !== undefined));

describe("filterOf", () => {
  it("tells what waits from what runs, and what is undone from what is completed", () => {
    expect(of("state=running")).toEqual({ state: "active,suspended", withIncident: false, waiting: false });
    expect(of("state=open")).toEqual({ state: "active,suspended" });
    expect(of("state=waiting")).toEqual({ state: "active,suspended", withIncident: false, waiting: true });
    expect(of("state=completed")).toEqual({ state: "completed", undone: false });
    expect(of("state=undone")).toEqual({ state: "completed,compensated", undone: true });
  });

  it("puts all parts of the address together", () => {
    expect(of("definition=order&business=A&element=Ship&variable=amount >= 5&incident=502")).toEqual({
      processDefinitionKey: "order",
      businessKeyLike: "%A%",
      activityId: "Ship",
      variables: "amount_gteq_5",
      incidentMessageLike: "%502%",
    });
    expect(filterOf(new URLSearchParams("definition=order"), "order:2:x")).toMatchObject({
      processDefinitionId: "order:2:x",
    });
  });
});

describe("what people write", () => {
  it("is a comparison of a variable", () => {
    expect(variableFilter("name = Ada Lovelace")).toBe("name_eq_Ada Lovelace");
    expect(variableFilter("name~Ada")).toBe("name_like_%Ada%");
    expect(variableFilter("amount")).toBeUndefined();
    expect(variableFilter("a = 1, b = 2")).toBeUndefined();
  });

  it("is a day or a minute", () => {
    expect(moment("2026-11-28 14:05")).toBe(new Date("2026-11-28T14:05:00").toISOString());
    expect(moment("yesterday")).toBeUndefined();
  });

  it("is refused with what to write instead", () => {
    expect(fault("variable", "amount")).toContain("amount > 100");
    expect(fault("version", "two")).toContain("number");
    expect(fault("after", "soon")).toContain("2026-11-28");
    expect(fault("element", " ")).toBeDefined();
    expect(fault("incident", "502")).toBeUndefined();
  });
});
