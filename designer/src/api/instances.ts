import { change, get } from "./http";
import type { InstanceEvent } from "./types";

export interface InstanceFilter {
  state?: string | undefined;
  processDefinitionKey?: string | undefined;
  processDefinitionId?: string | undefined;
  businessKeyLike?: string | undefined;
  withIncident?: boolean | undefined;
  waiting?: boolean | undefined;
  undone?: boolean | undefined;
  /** What runs inside other instances, instead of these. */
  called?: boolean | undefined;
  activityId?: string | undefined;
  variables?: string | undefined;
  incidentMessageLike?: string | undefined;
  startedAfter?: string | undefined;
  startedBefore?: string | undefined;
}

export const one = (id: string) => `/process-instance/${encodeURIComponent(id)}`;

export const history = (id: string, from: number, to: number) =>
  get<InstanceEvent[]>(`${one(id)}/history`, { from, to });

export const setSuspended = (id: string, suspended: boolean) =>
  change<void>("PUT", `${one(id)}/suspended`, { suspended });
