import { change, get } from "./http";
import type { GroupCount, UserTask, Variables } from "./types";

const one = (id: string) => `/task/${encodeURIComponent(id)}`;

export interface TaskFilter {
  assignee?: string | undefined;
  unassigned?: boolean | undefined;
  candidateGroup?: string | undefined;
  withoutCandidateGroups?: boolean | undefined;
  includeAssignedTasks?: boolean | undefined;
  processDefinitionKey?: string | undefined;
  minPriority?: number | undefined;
  maxPriority?: number | undefined;
  dueBefore?: string | undefined;
  followUpAfter?: string | undefined;
  followUpBeforeOrNotExistent?: string | undefined;
  text?: string | undefined;
}

export interface TaskPage {
  sortBy: string;
  sortOrder: string;
  firstResult: number;
  maxResults: number;
}

export const tasks = (filter: TaskFilter, page: TaskPage, signal?: AbortSignal) =>
  get<UserTask[]>("/task", { ...filter, ...page }, signal);

export const countTasks = (filter: TaskFilter = {}, signal?: AbortSignal) =>
  get<{ count: number }>("/task/count", { ...filter }, signal).then((it) => it.count);

/** Candidate groups that have open tasks. */
export const taskGroups = (signal?: AbortSignal) => get<GroupCount[]>("/task/report/candidate-group-count", {}, signal);

export const task = (id: string, signal?: AbortSignal) => get<UserTask>(one(id), {}, signal);

export const taskVariables = (id: string) => get<Variables>(`${one(id)}/form-variables`);

/** Names of the groups whose members may claim the task. */
export const candidateGroups = (id: string) =>
  get<{ groupId: string | null }[]>(`${one(id)}/identity-links`, { type: "candidate" }).then((links) =>
    links.flatMap((it) => it.groupId ?? []),
  );

export const claim = (id: string, userId: string) => change<void>("POST", `${one(id)}/claim`, { userId });

export const unclaim = (id: string) => change<void>("POST", `${one(id)}/unclaim`);

export const assign = (id: string, userId: string) => change<void>("POST", `${one(id)}/assignee`, { userId });

export const delegate = (id: string, userId: string) => change<void>("POST", `${one(id)}/delegate`, { userId });

/** Gives a delegated task back to its owner, with what was found out. */
export const resolve = (id: string, variables: Variables) => change<void>("POST", `${one(id)}/resolve`, { variables });

export type NewTask = Pick<UserTask, "name" | "description" | "assignee" | "due">;

/** One that belongs to no process. */
export const createTask = (task: NewTask) => change<void>("POST", "/task/create", task);

/** Only one that belongs to no process. */
export const deleteTask = (id: string) => change<void>("DELETE", one(id));

type Changes = Partial<Pick<UserTask, "due" | "followUp" | "priority">>;

/** The API empties what it is not given: the rest goes along as it is. */
export const updateTask = (
  { id, name, description, assignee, owner, delegationState, priority, due, followUp }: UserTask,
  changes: Changes,
) =>
  change<void>("PUT", one(id), {
    name,
    description,
    assignee,
    owner,
    delegationState,
    priority,
    due,
    followUp,
    ...changes,
  });

export const complete = (id: string, variables: Variables) =>
  change<void>("POST", `${one(id)}/complete`, { variables });
