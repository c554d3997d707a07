/** Instances in lists, and looked into without a stream. */

import { change, get } from "./http";
import { type InstanceFilter, one } from "./instances";
import { getPart, type Part } from "./parts";
import type { Header, LedgerEntry, Snapshot } from "./types";

export const overview = (
  filter: InstanceFilter & { firstResult: number; maxResults: number; sortBy?: string; sortOrder?: string },
  signal?: AbortSignal,
) => get<Header[]>("/process-instance/overview", { ...filter }, signal);

export const count = (filter: InstanceFilter, signal?: AbortSignal) =>
  get<{ count: number }>("/process-instance/overview/count", { ...filter }, signal).then((it) => it.count);

interface Listed {
  sortBy: string;
  sortOrder: string;
  firstResult: number;
  maxResults: number;
}

export interface Found {
  rows: Header[];
  total: number;
  /** Older instances have not been looked through. */
  unfinished: boolean;
}

/** A page, and how many match. What no index serves is looked through in at most so many parts, the newest first. */
export async function search(
  filter: InstanceFilter,
  listed: Listed,
  parts: number,
  signal: AbortSignal,
): Promise<Found> {
  const found: Found = { rows: [], total: 0, unfinished: false };
  let from: string | null = null;
  for (let part = 0; part < parts; part += 1) {
    const query = {
      ...listed,
      firstResult: Math.max(0, listed.firstResult - found.total),
      maxResults: listed.maxResults - found.rows.length,
    };
    const [page, counted]: [Part<Header[]> | null, Part<{ count: number }>] = await Promise.all([
      query.maxResults ? getPart<Header[]>("/process-instance/overview", { ...filter, ...query }, from, signal) : null,
      getPart<{ count: number }>("/process-instance/overview/count", { ...filter }, from, signal),
    ]);
    found.rows.push(...(page?.found ?? []));
    found.total += counted.found.count;
    from = counted.next;
    if (!from) return found;
  }
  return { ...found, unfinished: true };
}

/** Business keys of running instances by id; those that have none are left out. */
/** By instance; null is none. */
export async function businessKeys(named: readonly (string | null)[]): Promise<Map<string, string>> {
  const ids = named.filter((it) => it !== null);
  if (!ids.length) return new Map();
  const found = await change<{ id: string; businessKey: string | null }[]>("POST", "/process-instance", {
    processInstanceIds: [...new Set(ids)],
  });
  return new Map(found.flatMap((it) => (it.businessKey === null ? [] : [[it.id, it.businessKey]])));
}

export const snapshot = (id: string, signal?: AbortSignal) => get<Snapshot>(`${one(id)}/snapshot`, {}, signal);

export const ledger = (id: string) => get<LedgerEntry[]>(`${one(id)}/ledger`);

/** How many instances of any version of a process run that nothing has called. */
export const countRunning = (processDefinitionKey: string) =>
  get<{ count: number }>("/process-instance/count", { processDefinitionKey, rootProcessInstances: true }).then(
    (it) => it.count,
  );
