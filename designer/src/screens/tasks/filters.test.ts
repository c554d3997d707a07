import { describe, expect, it } from "vitest";
import { filterOf, isFiltered, nextOf } from "./filters";

const NOW = "2026-11-28T12:00:00.000Z";
const read = (text: string) => filterOf(new URLSearchParams(text), "ada", NOW);

describe("the filter of tasks", () => {
  it("leaves out what is put off until later, unless that is asked for", () => {
    expect(read("")).toMatchObject({ followUpBeforeOrNotExistent: NOW });
    expect(read("whose=later")).toMatchObject({ followUpAfter: NOW });
  });

  it("finds what is mine, free or overdue", () => {
    expect(read("whose=mine")).toMatchObject({ assignee: "ada" });
    expect(read("whose=free")).toMatchObject({ unassigned: true });
    expect(read("whose=overdue")).toMatchObject({ dueBefore: NOW });
  });

  it("finds tasks of a group whether claimed or not, and those of none", () => {
    expect(read("group=sales")).toMatchObject({ candidateGroup: "sales", includeAssignedTasks: true });
    expect(read("group=-")).toMatchObject({ withoutCandidateGroups: true });
  });

  it("is said to be one only if it is", () => {
    expect(isFiltered(new URLSearchParams("sort=created&page=2"))).toBe(false);
    expect(isFiltered(new URLSearchParams("priority=high"))).toBe(true);
  });
});

describe("the next task", () => {
  it("is the one behind, or before the last, and none when there is no other", () => {
    expect(nextOf(["a", "b", "c"], "b")).toBe("c");
    expect(nextOf(["a", "b"], "b")).toBe("a");
    expect(nextOf(["a"], "a")).toBeNull();
    expect(nextOf(["a", "b"], "gone")).toBe("a");
  });
});
