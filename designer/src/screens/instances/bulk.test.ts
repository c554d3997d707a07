import { describe, expect, it } from "vitest";
import { ACTIONS, narrow } from "./bulk";

const action = (label: string) => {
  const found = ACTIONS.find((it) => it.label === label);
  if (!found) throw new Error(label);
  return found;
};

describe("narrow", () => {
  it("keeps what was asked for, and of it what an action fits", () => {
    expect(narrow({ businessKeyLike: "%a%" }, action("Cancel"))).toEqual({
      businessKeyLike: "%a%",
      state: "active,suspended",
    });
    expect(narrow({ state: "active,suspended", waiting: true }, action("Suspend"))).toEqual({
      state: "active",
      waiting: true,
    });
    expect(narrow({}, action("Retry"))).toEqual({ state: "active,suspended", withIncident: true });
  });

  it("says when there can be none", () => {
    expect(narrow({ state: "completed" }, action("Cancel"))).toBeNull();
    expect(narrow({ state: "active,suspended", withIncident: false }, action("Retry"))).toBeNull();
  });
});
