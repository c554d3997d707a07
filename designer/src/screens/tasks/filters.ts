/** What the address says of the list of tasks, and what the API is asked for. Pure. */

import type { TaskFilter } from "~/api/tasks";

export const WHOSE = [
  { id: "", label: "All" },
  { id: "mine", label: "Mine" },
  { id: "free", label: "Unclaimed" },
  { id: "overdue", label: "Overdue" },
  { id: "later", label: "Put off" },
] as const;

/** 50 is what a task has unless its model says otherwise. */
export const PRIORITIES = [
  { id: "high", label: "High priority", filter: { minPriority: 51 } },
  { id: "usual", label: "Usual priority", filter: { minPriority: 50, maxPriority: 50 } },
  { id: "low", label: "Low priority", filter: { maxPriority: 49 } },
] as const;

/** In the address: the tasks that no group may claim. */
export const NO_GROUP = "-";
export const SIZE = 50;

const given = (text: string | null) => text || undefined;

function filterOfWhose(whose: string | null, me: string, now: string): TaskFilter {
  const open = { followUpBeforeOrNotExistent: now };
  if (whose === "mine") return { ...open, assignee: me };
  if (whose === "free") return { ...open, unassigned: true };
  if (whose === "overdue") return { ...open, dueBefore: now };
  return whose === "later" ? { followUpAfter: now } : open;
}

/** `now` as the API writes moments: what is put off until later is listed apart. */
export function filterOf(query: URLSearchParams, me: string, now: string): TaskFilter {
  const group = given(query.get("group"));
  const priority = PRIORITIES.find((it) => it.id === query.get("priority"));
  return {
    ...filterOfWhose(query.get("whose"), me, now),
    ...(group === NO_GROUP ? { withoutCandidateGroups: true } : { candidateGroup: group }),
    ...(group ? { includeAssignedTasks: true } : {}),
    ...priority?.filter,
    processDefinitionKey: given(query.get("definition")),
    text: given(query.get("text")),
  };
}

export const isFiltered = (query: URLSearchParams): boolean =>
  ["whose", "group", "definition", "priority", "text"].some((it) => query.get(it));

/** The task that is opened when one is done: the one behind it, or else the one before. */
export function nextOf(ids: readonly string[], id: string): string | null {
  const place = ids.indexOf(id);
  return place < 0 ? (ids[0] ?? null) : (ids[place + 1] ?? ids[place - 1] ?? null);
}
