/** Instances in lists, and looked into without a stream. */

import { change, get } from "./http";
import { type InstanceFilter, one } from "./instances";
import type { Header, LedgerEntry, Snapshot } from "./types";

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

export const snapshot = (id: string, signal?: AbortSignal) => get<Snapshot>(`${one(id)}/snapshot`, {}, signal);

export const ledger = (id: string) => get<LedgerEntry[]>(`${one(id)}/ledger`);

/** How many instances of any version of a process run. */
export const countRunning = (processDefinitionKey: string) =>
  get<{ count: number }>("/process-instance/count", { processDefinitionKey }).then((it) => it.count);
