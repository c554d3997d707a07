/** Who did what. */
import { get, url } from "./http";
import type { AuditEntry } from "./types";

export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  outcome?: string;
  after?: string;
  before?: string;
  processInstanceId?: string;
}

export const auditEntries = (filter: AuditFilter, firstResult: number, maxResults: number, signal?: AbortSignal) =>
  get<AuditEntry[]>("/audit", { ...filter, firstResult, maxResults }, signal);

export const exportHref = (filter: AuditFilter) => url("/audit/export", { ...filter });
