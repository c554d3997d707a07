/** What people have written about tasks. */

import { change, get } from "./http";
import { one } from "./instances";
import type { Comment, UserTask } from "./types";

const ofTask = (task: string) => `/task/${encodeURIComponent(task)}/comment`;

/** The newest first. */
export const commentsOfTask = (task: string, signal?: AbortSignal) => get<Comment[]>(ofTask(task), {}, signal);

/** Of all its tasks, ended ones too. */
export const commentsOfInstance = (instance: string, signal?: AbortSignal) =>
  get<Comment[]>(`${one(instance)}/comment`, {}, signal);

export const writeComment = (task: string, message: string) =>
  change<Comment>("POST", `${ofTask(task)}/create`, { message });

export const deleteComment = ({ taskId, id }: Comment) =>
  change<void>("DELETE", `${ofTask(taskId)}/${encodeURIComponent(id)}`);

/** Those of an instance that can be written about from its page. */
export const openTasks = (processInstanceId: string, signal?: AbortSignal) =>
  get<UserTask[]>("/task", { processInstanceId, sortBy: "created", sortOrder: "desc" }, signal);
