import { change, get, getText } from "./http";
import type {
  Approval,
  ExternalTask,
  Header,
  Incident,
  InstanceEvent,
  LedgerEntry,
  ModificationPreview,
  PlanStep,
  Snapshot,
  Subscription,
  Variables,
} from "./types";

export interface InstanceFilter {
  state?: string | undefined;
  processDefinitionKey?: string | undefined;
  processDefinitionId?: string | undefined;
  businessKeyLike?: string | undefined;
  withIncident?: boolean | undefined;
  waiting?: boolean | undefined;
  undone?: boolean | undefined;
  activityId?: string | undefined;
  variables?: string | undefined;
  incidentMessageLike?: string | undefined;
  startedAfter?: string | undefined;
  startedBefore?: string | undefined;
}

const one = (id: string) => `/process-instance/${encodeURIComponent(id)}`;

export const overview = (
  filter: InstanceFilter & { firstResult: number; maxResults: number; sortBy?: string; sortOrder?: string },
  signal?: AbortSignal,
) => get<Header[]>("/process-instance/overview", { ...filter }, signal);

export const count = (filter: InstanceFilter, signal?: AbortSignal) =>
  get<{ count: number }>("/process-instance/overview/count", { ...filter }, signal).then((it) => it.count);

/** Business keys of running instances by id; those that have none are left out. */
export async function businessKeys(ids: readonly string[]): Promise<Map<string, string>> {
  if (!ids.length) return new Map();
  const found = await change<{ id: string; businessKey: string | null }[]>("POST", "/process-instance", {
    processInstanceIds: [...new Set(ids)],
  });
  return new Map(found.flatMap((it) => (it.businessKey === null ? [] : [[it.id, it.businessKey]])));
}

export const history = (id: string, from: number, to: number) =>
  get<InstanceEvent[]>(`${one(id)}/history`, { from, to });

export const snapshot = (id: string, signal?: AbortSignal) => get<Snapshot>(`${one(id)}/snapshot`, {}, signal);

export const ledger = (id: string) => get<LedgerEntry[]>(`${one(id)}/ledger`);

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

export const setSuspended = (id: string, suspended: boolean) =>
  change<void>("PUT", `${one(id)}/suspended`, { suspended });

export const modifyVariables = (id: string, modifications: Variables, deletions: string[] = []) =>
  change<void>("POST", `${one(id)}/variables`, { modifications, deletions });

export const ledgerAction = (id: string, seq: number, action: "retry" | "skip" | "mark-undone") =>
  change<Approval | undefined>("POST", `${one(id)}/ledger/${seq}/${action}`, {});

export const incidents = (query: { processInstanceId?: string } = {}, signal?: AbortSignal) =>
  get<Incident[]>("/incident", query, signal);

export const subscriptions = (processInstanceId: string) =>
  get<Subscription[]>("/event-subscription", { processInstanceId });

export const sendMessage = (messageName: string, processInstanceId: string, processVariables: Variables) =>
  change<void>("POST", "/message", { messageName, processInstanceId, processVariables });

/** Of any type; incidents that are already resolved are skipped. */
export const resolveIncidents = (incidentIds: string[]) =>
  change<unknown>("POST", "/incident/resolve", { incidentIds });

/** Goes on as if what the incident stopped had been done with these results. */
export const skipIncident = (id: string, variables: Variables) =>
  change<Approval | undefined>("POST", `/incident/${encodeURIComponent(id)}/skip`, { variables });

/** What was reported beside the message: a stack, an answer's body. Empty if nothing was. */
export function stackOf({ configuration, incidentType }: Incident): Promise<string> {
  if (!configuration) return Promise.resolve("");
  const id = encodeURIComponent(configuration);
  return getText(incidentType === "failedExternalTask" ? `/external-task/${id}/errorDetails` : `/job/${id}/stacktrace`);
}

export const externalTasks = (processInstanceId: string, activityId: string, signal?: AbortSignal) =>
  get<ExternalTask[]>("/external-task", { processInstanceId, activityId }, signal);

/** How many instances of any version of a process run. */
export const countRunning = (processDefinitionKey: string) =>
  get<{ count: number }>("/process-instance/count", { processDefinitionKey }).then((it) => it.count);
