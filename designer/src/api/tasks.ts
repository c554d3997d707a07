import { change, get } from "./http";
import type { UserTask, Variables } from "./types";

/** The list shows so many at once. */
export const MOST_TASKS = 200;

const one = (id: string) => `/task/${encodeURIComponent(id)}`;

export interface TaskFilter {
  assignee?: string | undefined;
  unassigned?: boolean | undefined;
  processInstanceId?: string | undefined;
}

export const tasks = (filter: TaskFilter, signal?: AbortSignal) =>
  get<UserTask[]>("/task", { ...filter, sortBy: "created", sortOrder: "desc", maxResults: MOST_TASKS }, signal);

export const countTasks = (signal?: AbortSignal) => get<{ count: number }>("/task/count", {}, signal);

export const task = (id: string, signal?: AbortSignal) => get<UserTask>(one(id), {}, signal);

export const taskVariables = (id: string) => get<Variables>(`${one(id)}/form-variables`);

export const claim = (id: string, userId: string) => change<void>("POST", `${one(id)}/claim`, { userId });

export const unclaim = (id: string) => change<void>("POST", `${one(id)}/unclaim`);

export const complete = (id: string, variables: Variables) =>
  change<void>("POST", `${one(id)}/complete`, { variables });
