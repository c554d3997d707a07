/** What waits for a second person. */
import { change, get } from "./http";
import type { Approval } from "./types";

const at = (instance: string) => `/process-instance/${encodeURIComponent(instance)}/approval`;

const listeners = new Set<() => void>();

/** Calls back when something here has asked for a second person. */
export function onAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Whether an order waits for a second person: then the server has answered with what waits. */
export function isAsked(answer: Approval | undefined): boolean {
  if (!answer) return false;
  for (const listener of listeners) listener();
  return true;
}

/** What waits, the oldest first. */
export const approvals = (firstResult: number, maxResults: number, signal?: AbortSignal) =>
  get<Approval[]>("/approval", { firstResult, maxResults }, signal);

export const countApprovals = (signal?: AbortSignal) =>
  get<{ count: number }>("/approval/count", {}, signal).then((it) => it.count);

export const approvalOf = async (instance: string, signal?: AbortSignal): Promise<Approval | null> =>
  (await get<Approval[]>("/approval", { processInstanceId: instance }, signal))[0] ?? null;

export const approve = (instance: string) => change<void>("POST", `${at(instance)}/approve`, {});
export const refuse = (instance: string) => change<void>("POST", `${at(instance)}/refuse`, {});
