/** Batches in words. Pure. */

import type { Batch } from "~/api/batches";
import { plural } from "~/ui/format";
import type { Look } from "~/ui/state";

const TYPES: Record<string, string> = {
  "correlate-message": "Send a message",
  "historic-instance-deletion": "Delete ended instances",
  "instance-deletion": "Cancel instances",
  "instance-migration": "Migrate instances",
  "instance-modification": "Move tokens",
  "instance-restart": "Restart instances",
  "resolve-incidents": "Retry incidents",
  "set-external-task-retries": "Retry external tasks",
  "set-job-retries": "Retry jobs",
  "set-variables": "Set variables",
};

/** What it does. Suspending and resuming are of one type. */
export function typeOf({ type, suspends }: Pick<Batch, "type" | "suspends">): string {
  if (suspends !== null) return suspends ? "Suspend instances" : "Resume instances";
  return TYPES[type] ?? type;
}

export function stateOf(batch: Batch): { look: Look; word: string } {
  if (batch.endedAt)
    return batch.done === batch.total ? { look: "done", word: "Done" } : { look: "cancelled", word: "Stopped" };
  if (batch.suspended) return { look: "waiting", word: "Suspended" };
  if (batch.left > 0) return { look: "active", word: "Running" };
  return batch.failed
    ? { look: "incident", word: `${batch.failed.toLocaleString("en")} failed` }
    : { look: "done", word: "Done" };
}

/** Nothing of it will be done unless somebody acts. */
export const rests = (batch: Batch): boolean => batch.endedAt !== null || batch.suspended || batch.left === 0;

/** How far it is, in one line. */
export function progressOf({ total, done, failed, left }: Batch): string {
  const parts = [`${done.toLocaleString("en")} of ${total.toLocaleString("en")} done`];
  if (failed) parts.push(`${failed.toLocaleString("en")} failed`);
  if (left) parts.push(`${left.toLocaleString("en")} left`);
  return parts.join(" · ");
}

/** What stopping it means for what is left. */
export const whatStops = ({ done, left, failed }: Batch): string =>
  `What it has done stays done (${plural(done, "item")}). The other ${(left + failed).toLocaleString("en")} will not be tried any more.`;
