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

/** All that waits, the oldest first. */
export const approvals = (signal?: AbortSignal) => get<Approval[]>("/approval", {}, signal);

export const approvalOf = async (instance: string, signal?: AbortSignal): Promise<Approval | null> =>
  (await get<Approval[]>("/approval", { processInstanceId: instance }, signal))[0] ?? null;

export const approve = (instance: string) => change<void>("POST", `${at(instance)}/approve`, {});
export const refuse = (instance: string) => change<void>("POST", `${at(instance)}/refuse`, {});
