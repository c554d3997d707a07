/** What is asked for in words, and where to look at it. */

import { incidents } from "~/api/incidents";
import { ledger } from "~/api/instance-lists";
import { plan } from "~/api/operations";
import type { Approval, PlanStep } from "~/api/types";

export const DEEDS: Record<Approval["action"], string> = {
  rollback: "Undo and go back",
  skip: "Leave as it is",
  markUndone: "Mark as undone",
  skipIncident: "Skip the work",
};

export interface Asked {
  /** The element that it is about, if it is still there. */
  element: string | null;
  /** What would be undone; null where nothing is. */
  steps: PlanStep[] | null;
}

/** Reads from the instance as it is now: it may have gone on since it was asked for. */
export async function readAsked({ processInstanceId: id, action, order }: Approval): Promise<Asked> {
  if (action === "rollback") return { element: String(order.to), steps: await plan(id, { to: String(order.to) }) };
  if (action === "skipIncident") {
    const found = await incidents({ processInstanceId: id });
    return { element: found.find((it) => it.id === order.incidentId)?.activityId ?? null, steps: null };
  }
  return { element: (await ledger(id)).find((it) => it.seq === order.seq)?.element ?? null, steps: null };
}

const SENTENCES: Record<Approval["action"], (element: string) => string> = {
  rollback: (element) =>
    `Everything that was done since ${element} was entered is undone, then it goes on before ${element}.`,
  skip: (element) => `The undoing of ${element} failed: it stays as it is, and undoing goes on.`,
  markUndone: (element) => `${element} counts as undone by other means, and undoing goes on.`,
  skipIncident: (element) => `The work of ${element} is not done, and the instance goes on after it.`,
};

export const sentenceOf = ({ action }: Approval, element: string) => SENTENCES[action](element);
