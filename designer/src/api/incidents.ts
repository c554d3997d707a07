/** What has stopped instances: looked at, retried and skipped. */

import { change, get, getText } from "./http";
import type { Approval, Incident, Variables } from "./types";

export const incidents = (query: { processInstanceId?: string } = {}, signal?: AbortSignal) =>
  get<Incident[]>("/incident", query, signal);

/** Of any type; incidents that are already resolved are skipped. */
export const resolveIncidents = (incidentIds: string[]) =>
  change<unknown>("POST", "/incident/resolve", { incidentIds });

/** Goes on as if what the incident stopped had been done with these results. */
export const skipIncident = (id: string, variables: Variables) =>
  change<Approval | undefined>("POST", `/incident/${encodeURIComponent(id)}/skip`, { variables });

/** What was reported beside the message: a stack, an answer's body. Empty if nothing was. */
export function stackOf({ configuration, incidentType }: Incident): Promise<string> {
  if (!configuration) return Promise.resolve("");
  const id = encodeURIComponent(configuration);
  return getText(incidentType === "failedExternalTask" ? `/external-task/${id}/errorDetails` : `/job/${id}/stacktrace`);
}
