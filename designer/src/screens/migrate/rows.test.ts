import { describe, expect, it } from "vitest";
import type { ElementStatistics, MigrationPlan } from "~/api/types";
import { mapTo, rowsOf, strayOf } from "./rows";

const plan: MigrationPlan = {
  sourceProcessDefinitionId: "p:1:a",
  targetProcessDefinitionId: "p:2:b",
  instructions: [{ sourceActivityIds: ["Ask"], targetActivityIds: ["Ask"], updateEventTrigger: false }],
  variables: null,
};
const choices = [
  { activityId: "Ask", targetActivityIds: ["Ask", "AskAgain"], failures: [] },
  { activityId: "Gone", targetActivityIds: [], failures: ["There is no element 'Gone'"] },
  { activityId: "Renamed", targetActivityIds: ["AskAgain"], failures: ["There is no element 'Renamed'"] },
];
const nothingWrong = { instructionReports: [], variableReports: {} };
const now = [{ id: "Renamed", instances: 2, failedJobs: 0, incidents: [] }] as unknown as ElementStatistics[];

describe("the table of a plan", () => {
  it("begins with what has tokens and is mapped to nothing, and says why", () => {
    const rows = rowsOf(plan, choices, nothingWrong, now);
    expect(rows.map((it) => [it.from, it.to, it.tokens])).toEqual([
      ["Renamed", null, 2],
      ["Gone", null, 0],
      ["Ask", "Ask", 0],
    ]);
    expect(rows[0]?.wrong).toContain("Renamed");
    expect(strayOf(rows).map((it) => it.from)).toEqual(["Renamed"]);
  });

  it("is changed by hand, and says what is wrong with a choice", () => {
    const changed = mapTo(mapTo(plan, "Renamed", "AskAgain"), "Ask", null);
    expect(changed.instructions).toEqual([
      { sourceActivityIds: ["Renamed"], targetActivityIds: ["AskAgain"], updateEventTrigger: false },
    ]);
    const [instruction] = changed.instructions;
    if (!instruction) throw new Error();
    const report = { instructionReports: [{ instruction, failures: ["It does not fit"] }], variableReports: {} };
    const rows = rowsOf(changed, choices, report, now);
    expect(rows.find((it) => it.from === "Renamed")).toMatchObject({ to: "AskAgain", wrong: "It does not fit" });
  });
});
