import { describe, expect, it } from "vitest";
import { readColumns, toggleColumn, USUAL } from "./columns";

describe("the columns of the list", () => {
  it("are read in the table's order, without what there is not, and never without the key", () => {
    expect(readColumns("ended,nonsense,state")).toEqual(["state", "key", "ended"]);
    expect(readColumns("nonsense")).toBeNull();
    expect(readColumns(null)).toBeNull();
  });

  it("come and go one by one", () => {
    expect(toggleColumn(USUAL, "incidents")).toBe("state,key,definition,where,started,duration,incidents");
    expect(toggleColumn(USUAL, "where")).toBe("state,key,definition,started,duration");
  });
});
