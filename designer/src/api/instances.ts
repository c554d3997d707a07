import { change, get } from "./http";
import type { Header, InstanceEvent, LedgerEntry, Snapshot } from "./types";

export interface InstanceFilter {
  state?: string | undefined;
  processDefinitionKey?: string | undefined;
  processDefinitionId?: string | undefined;
  businessKeyLike?: string | undefined;
  withIncident?: boolean | undefined;
  waiting?: boolean | undefined;
  undone?: boolean | undefined;
  activityId?: string | undefined;
  variables?: string | undefined;
  incidentMessageLike?: string | undefined;
  startedAfter?: string | undefined;
  startedBefore?: string | undefined;
}

export const one = (id: string) => `/process-instance/${encodeURIComponent(id)}`;

export const overview = (
  filter: InstanceFilter & { firstResult: number; maxResults: number; sortBy?: string; sortOrder?: string },
  signal?: AbortSignal,
) => get<Header[]>("/process-instance/overview", { ...filter }, signal);

export const count = (filter: InstanceFilter, signal?: AbortSignal) =>
  get<{ count: number }>("/process-instance/overview/count", { ...filter }, signal).then((it) => it.count);

/** Business keys of running instances by id; those that have none are left out. */
export async function businessKeys(ids: readonly string[]): Promise<Map<string, string>> {
  if (!ids.length) return new Map();
  const found = await change<{ id: string; businessKey: string | null }[]>("POST", "/process-instance", {
    processInstanceIds: [...new Set(ids)],
  });
  return new Map(found.flatMap((it) => (it.businessKey === null ? [] : [[it.id, it.businessKey]])));
}

export const history = (id: string, from: number, to: number) =>
  get<InstanceEvent[]>(`${one(id)}/history`, { from, to });

export const snapshot = (id: string, signal?: AbortSignal) => get<Snapshot>(`${one(id)}/snapshot`, {}, signal);

export const ledger = (id: string) => get<LedgerEntry[]>(`${one(id)}/ledger`);

export const setSuspended = (id: string, suspended: boolean) =>
  change<void>("PUT", `${one(id)}/suspended`, { suspended });

/** How many instances of any version of a process run. */
export const countRunning = (processDefinitionKey: string) =>
  get<{ count: number }>("/process-instance/count", { processDefinitionKey }).then((it) => it.count);
