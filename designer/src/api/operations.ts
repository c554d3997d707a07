/** What operators do with one instance, and what they look at first. */

import { change, get } from "./http";
import { one } from "./instances";
import type { Approval, ExternalTask, ModificationPreview, PlanStep, Subscription, Variables } from "./types";

export const plan = (id: string, query: { to?: string } = {}) => get<PlanStep[]>(`${one(id)}/compensation-plan`, query);

export const rollback = (id: string, to: string) => change<Approval | undefined>("POST", `${one(id)}/rollback`, { to });

export const cancel = (id: string, compensate: boolean) => change<void>("POST", `${one(id)}/cancel`, { compensate });

/** One step of a modification, in the API's words. */
export interface Instruction {
  type: "cancel" | "startBeforeActivity" | "startAfterActivity";
  activityId?: string;
  activityInstanceId?: string;
}

export const modify = (id: string, instructions: Instruction[]) =>
  change<void>("POST", `${one(id)}/modification`, { instructions });

/** The events that the modification would lead to now; nothing of them has happened. */
export const previewModification = (id: string, instructions: Instruction[]) =>
  change<ModificationPreview>("POST", `${one(id)}/modification/preview`, { instructions });

export const modifyVariables = (id: string, modifications: Variables, deletions: string[] = []) =>
  change<void>("POST", `${one(id)}/variables`, { modifications, deletions });

export const ledgerAction = (id: string, seq: number, action: "retry" | "skip" | "mark-undone") =>
  change<Approval | undefined>("POST", `${one(id)}/ledger/${seq}/${action}`, {});

export const subscriptions = (processInstanceId: string) =>
  get<Subscription[]>("/event-subscription", { processInstanceId });

export const sendMessage = (messageName: string, processInstanceId: string, processVariables: Variables) =>
  change<void>("POST", "/message", { messageName, processInstanceId, processVariables });

export const externalTasks = (processInstanceId: string, activityId: string, signal?: AbortSignal) =>
  get<ExternalTask[]>("/external-task", { processInstanceId, activityId }, signal);
