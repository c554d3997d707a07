/** What is done with many instances in the background: begun, followed, stopped, and its failures tried again. */

import { change, get } from "./http";
import type { InstanceFilter } from "./instances";
import type { Instruction } from "./operations";
import type { BatchFailure, BatchStatistics, HistoricBatch, NewBatch } from "./types";

/** Instances by their ids, or all that a list with this filter shows, as far as they run. */
export type Chosen = { processInstanceIds: readonly string[] } | { overviewQuery: InstanceFilter };

/** Lists are texts with commas in an address, and lists in a body. */
function writeChosen(chosen: Chosen): object {
  if ("processInstanceIds" in chosen) return chosen;
  const { state, ...others } = chosen.overviewQuery;
  return { overviewQuery: { ...others, ...(state ? { state: state.split(",") } : {}) } };
}

/** Sends what is to be done with the chosen instances. */
export const beginFor = <T>(path: string, chosen: Chosen, more: object): Promise<T> =>
  change<T>("POST", path, { ...writeChosen(chosen), ...more });

const begin = (path: string, chosen: Chosen, more: object = {}) => beginFor<NewBatch>(path, chosen, more);

export const cancelMany = (chosen: Chosen) => begin("/process-instance/delete", chosen, { failIfNotExists: false });

export const suspendMany = (chosen: Chosen, suspended: boolean) =>
  begin("/process-instance/suspended-async", chosen, { suspended });

/** All open incidents of the instances, of whatever type. */
export const retryMany = (chosen: Chosen) => begin("/incident/resolve", chosen);

export const modifyMany = (chosen: Chosen, processDefinitionId: string, instructions: readonly Instruction[]) =>
  begin("/modification/executeAsync", chosen, { processDefinitionId, instructions });

/** How far a batch is. `left`: still to be tried. */
export interface Batch {
  id: string;
  type: string;
  /** Of one that suspends instances or activates them: which of both; null for others. */
  suspends: boolean | null;
  by: string | null;
  createdAt: string;
  endedAt: string | null;
  suspended: boolean;
  total: number;
  done: number;
  failed: number;
  left: number;
}

const readUnfinished = (it: BatchStatistics): Batch => ({
  id: it.id,
  type: it.type,
  suspends: it.suspends,
  by: it.createUserId,
  createdAt: it.startTime,
  endedAt: null,
  suspended: it.suspended,
  total: it.totalJobs,
  done: it.completedJobs,
  failed: it.failedJobs,
  left: it.remainingJobs - it.failedJobs,
});

const readEnded = (it: HistoricBatch): Batch => ({
  id: it.id,
  type: it.type,
  suspends: it.suspends,
  by: it.createUserId,
  createdAt: it.startTime,
  endedAt: it.endTime,
  suspended: false,
  total: it.totalJobs,
  done: it.completedJobs,
  failed: it.failedJobs,
  left: it.totalJobs - it.completedJobs - it.failedJobs,
});

const one = (id: string) => `/batch/${encodeURIComponent(id)}`;
const old = (id: string) => `/history${one(id)}`;

/** Those that are not finished, the newest first. */
export const batches = (signal?: AbortSignal) =>
  get<BatchStatistics[]>("/batch/statistics", { sortBy: "startTime", sortOrder: "desc" }, signal).then((found) =>
    found.map(readUnfinished),
  );

/** A page of those that have ended, the last one first. */
export const endedBatches = (firstResult: number, maxResults: number, signal?: AbortSignal) =>
  get<HistoricBatch[]>(
    "/history/batch",
    { completed: true, sortBy: "endTime", sortOrder: "desc", firstResult, maxResults },
    signal,
  ).then((found) => found.map(readEnded));

export const countEnded = (signal?: AbortSignal) =>
  get<{ count: number }>("/history/batch/count", { completed: true }, signal).then((it) => it.count);

/** Ended or not. */
export async function batch(id: string, signal?: AbortSignal): Promise<Batch> {
  const [found] = await get<BatchStatistics[]>("/batch/statistics", { batchId: id }, signal);
  return found ? readUnfinished(found) : readEnded(await get<HistoricBatch>(old(id), {}, signal));
}

export const batchFailures = (id: string, maxResults: number, signal?: AbortSignal) =>
  get<BatchFailure[]>(`${one(id)}/failures`, { maxResults }, signal);

/** Those with these ids, or all. */
export const retryFailures = (id: string, ids?: readonly string[]) =>
  change<{ count: number }>("POST", `${one(id)}/retry`, ids ? { ids } : {});

export const suspendBatch = (id: string, suspended: boolean) =>
  change<void>("PUT", `${one(id)}/suspended`, { suspended });

/** What it has done stays done, and it stays in the list. */
export const stopBatch = (id: string) => change<void>("DELETE", one(id));

export const forgetBatch = (id: string) => change<void>("DELETE", old(id));
