/** Incidents that have the same cause, as far as one can see: the same definition, element and message. Pure. */

import type { Incident } from "~/api/types";

export interface IncidentGroup {
  definitionKey: string;
  /** One of the versions concerned, for the element's name. */
  definitionId: string;
  element: string;
  message: string;
  incidents: Incident[];
  /** When the newest of them was opened. */
  latest: string;
}

/** The groups with the newest incidents come first. */
export function groupIncidents(list: readonly Incident[]): IncidentGroup[] {
  const groups = new Map<string, IncidentGroup>();
  for (const it of list) {
    const definitionKey = it.processDefinitionId.split(":")[0] ?? it.processDefinitionId;
    const key = JSON.stringify([definitionKey, it.activityId, it.incidentMessage]);
    const group = groups.get(key);
    if (group) {
      group.incidents.push(it);
      if (it.incidentTimestamp > group.latest) group.latest = it.incidentTimestamp;
    } else {
      groups.set(key, {
        definitionKey,
        definitionId: it.processDefinitionId,
        element: it.activityId,
        message: it.incidentMessage || it.incidentType,
        incidents: [it],
        latest: it.incidentTimestamp,
      });
    }
  }
  return [...groups.values()].sort((a, b) => b.latest.localeCompare(a.latest));
}
