import { change, get } from "./http";
import type {
  Definition,
  DefinitionSample,
  DefinitionStatistics,
  Deployment,
  ElementStatistics,
  Variables,
} from "./types";

export const definitions = (
  query: { latestVersion?: boolean; key?: string; startableInTasklist?: boolean } = {},
  signal?: AbortSignal,
) => get<Definition[]>("/process-definition", { ...query, sortBy: "name", sortOrder: "asc" }, signal);

export const definition = (id: string, signal?: AbortSignal) =>
  get<Definition>(`/process-definition/${encodeURIComponent(id)}`, {}, signal);

export const statistics = (signal?: AbortSignal) =>
  get<DefinitionStatistics[]>("/process-definition/statistics", { incidents: true }, signal);

/** Tokens and open incidents at the elements of a definition, as of now. */
export const elementsNow = (id: string, signal?: AbortSignal) =>
  get<ElementStatistics[]>(`/process-definition/${encodeURIComponent(id)}/statistics`, { incidents: true }, signal);

/** What the newest instances of a definition tell of its elements. */
export const elementSample = (id: string, signal?: AbortSignal) =>
  get<DefinitionSample>(`/process-definition/${encodeURIComponent(id)}/element-statistics`, {}, signal);

export const deployments = (signal?: AbortSignal) => get<Deployment[]>("/deployment", {}, signal);

export const versions = (key: string, signal?: AbortSignal) =>
  get<Definition[]>("/process-definition", { key, sortBy: "version", sortOrder: "desc" }, signal);

/** Starts an instance with what was entered; the server converts and checks it by the start form. */
export const submitStartForm = (id: string, body: { businessKey?: string; variables: Variables }) =>
  change<{ id: string }>("POST", `/process-definition/${encodeURIComponent(id)}/submit-form`, body);

/** With `instances` those that run are suspended or resumed too. */
export const setSuspended = (id: string, suspended: boolean, instances: boolean) =>
  change<void>("PUT", `/process-definition/${encodeURIComponent(id)}/suspended`, {
    suspended,
    includeProcessInstances: instances,
  });
