/** Files on their way to the server: checked, deployed, and read again. */

import type { DraftFile } from "./drafts";
import { ApiError, change, get, getText, postForm } from "./http";
import type { Definition, Problem, VariableUse } from "./types";

const DRAWN = "diagram.bpmn";

/** The problems of files, each with the name of its file. */
export const checkFiles = (resources: readonly DraftFile[], signal?: AbortSignal): Promise<Problem[]> =>
  change<{ problems: Problem[] }>("POST", "/process-definition/check", { resources }, signal).then((it) => it.problems);

/** The problems of a diagram and of what lies beside it; `resource` is null for those of the diagram. */
export async function check(xml: string, beside: readonly DraftFile[], signal?: AbortSignal): Promise<Problem[]> {
  const resources = [{ name: DRAWN, content: xml }, ...beside.filter((it) => it.name !== DRAWN)];
  const { problems } = await change<{ problems: Problem[] }>(
    "POST",
    "/process-definition/check",
    { resources },
    signal,
  );
  return problems.map((it) => ({ ...it, resource: it.resource === DRAWN ? null : it.resource }));
}

/** What reads and writes the variables of a diagram, by element; the fields of forms beside it included. */
export async function variableUses(
  xml: string,
  beside: readonly DraftFile[],
  signal?: AbortSignal,
): Promise<VariableUse[]> {
  const resources = [{ name: DRAWN, content: xml }, ...beside.filter((it) => it.name !== DRAWN)];
  const found = await change<VariableUse[]>("POST", "/process-definition/variables", { resources }, signal);
  return found.filter((it) => it.resource === DRAWN);
}

export interface Deployed {
  id: string;
  deployedProcessDefinitions: Record<string, Definition> | null;
  problems?: Problem[];
}

/** The latest version of a process; null when none was deployed. */
export const findLatest = (key: string): Promise<Definition | null> =>
  get<Definition>(`/process-definition/key/${encodeURIComponent(key)}`).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });

/** The name of a diagram's file among those beside it. */
const nameOf = (process: string) => `${process}.bpmn`;

/** Puts the diagram and what lies beside it on the server as one deployment. */
export function deploy(process: string, xml: string, beside: readonly DraftFile[] = []): Promise<Deployed> {
  const form = new FormData();
  form.set("deployment-name", process);
  form.set("deployment-source", "designer");
  for (const it of beside) form.set(it.name, new Blob([it.content], { type: "text/plain" }), it.name);
  form.set(nameOf(process), new Blob([xml], { type: "application/xml" }), nameOf(process));
  return postForm<Deployed>("/deployment/create", form);
}

interface StoredFile {
  id: string;
  name: string;
}

/** What can belong to a process; pictures and the like are not read. */
const TEXTS = /\.(bpmn|bpmn20\.xml|xml|dmn|form|json|py|feel|js|groovy)$/;

/** The files of a deployment, with their texts. */
export async function filesOfDeployment(id: string): Promise<DraftFile[]> {
  const path = `/deployment/${encodeURIComponent(id)}/resources`;
  const found = (await get<StoredFile[]>(path)).filter((it) => TEXTS.test(it.name));
  return Promise.all(
    found.map(async ({ id: file, name }) => ({
      name,
      content: await getText(`${path}/${encodeURIComponent(file)}/data`),
    })),
  );
}

/** The XML of the latest version of a decision; null when none was deployed. */
export const latestDecision = (key: string): Promise<string | null> =>
  get<{ dmnXml: string }>(`/decision-definition/key/${encodeURIComponent(key)}/xml`).then(
    (it) => it.dmnXml,
    (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    },
  );
