import { change, get } from "./http";
import type { Draft, DraftContent, DraftVersion } from "./types";

export interface DraftFile {
  name: string;
  content: string;
}

/** A diagram as it is drawn, with what lies beside it. */
export interface DraftBody {
  name: string;
  bpmn: string;
  files: DraftFile[];
  processDefinitionKey?: string;
}

const one = (id: string) => `/draft/${encodeURIComponent(id)}`;

export const drafts = (processDefinitionKey?: string) => get<Draft[]>("/draft", { processDefinitionKey });

export const draft = (id: string, version?: number) => get<DraftContent>(one(id), { version });

export const createDraft = (body: DraftBody, processDefinitionId?: string) =>
  change<Draft>("POST", "/draft", { ...body, ...(processDefinitionId ? { processDefinitionId } : {}) });

/** Refused with 409 when another version than `version` is the latest. */
export const saveDraft = (id: string, version: number, body: DraftBody) =>
  change<Draft>("PUT", one(id), { ...body, version });

export const deleteDraft = (id: string) => change<void>("DELETE", one(id));

export const draftVersions = (id: string) => get<DraftVersion[]>(`${one(id)}/versions`);
