import { describe, expect, it } from "vitest";
import type { Incident } from "~/api/types";
import { groupIncidents } from "./groups";

const incident = (id: string, parts: Partial<Incident> = {}): Incident => ({
  id,
  processDefinitionId: "order:1:x",
  processInstanceId: `i${id}`,
  executionId: `i${id}.1`,
  incidentTimestamp: `2026-01-01T00:00:0${id}.000Z`,
  incidentType: "failedExternalTask",
  activityId: "Charge",
  failedActivityId: "Charge",
  causeIncidentId: id,
  rootCauseIncidentId: id,
  configuration: null,
  tenantId: null,
  incidentMessage: "The bank answered 502",
  annotation: null,
  jobDefinitionId: null,
  ...parts,
});

describe("groupIncidents", () => {
  it("puts together what has the same definition, element and message, whatever the version", () => {
    const groups = groupIncidents([incident("1"), incident("2", { processDefinitionId: "order:2:y" })]);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.incidents.map((it) => it.id)).toEqual(["1", "2"]);
    expect(groups[0]?.latest).toBe("2026-01-01T00:00:02.000Z");
  });

  it("keeps another element or another message apart, the newest first", () => {
    const groups = groupIncidents([
      incident("1"),
      incident("2", { activityId: "Ship" }),
      incident("3", { incidentMessage: "Timeout" }),
    ]);
    expect(groups.map((it) => [it.element, it.message])).toEqual([
      ["Charge", "Timeout"],
      ["Ship", "The bank answered 502"],
      ["Charge", "The bank answered 502"],
    ]);
  });

  it("says the kind where there is no message", () => {
    expect(groupIncidents([incident("1", { incidentMessage: "" })])[0]?.message).toBe("failedExternalTask");
  });
});
