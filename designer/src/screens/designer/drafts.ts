/** Drafts that an earlier release has left in this browser go to the server. */

import { createDraft } from "~/api/drafts";
import { listProcesses } from "~/forms/formData";
import { parseScenario, type Scenario, toFiles } from "./simulate/scenario";

const DRAFTS = "baton.draft.";
const SCENARIOS = "baton.scenarios.";

function scenariosOf(name: string): Scenario[] {
  const text = localStorage.getItem(SCENARIOS + name);
  const found = text ? (JSON.parse(text) as unknown[]) : [];
  return found.map((it) => parseScenario(JSON.stringify(it)));
}

/** Each is removed here only when the server has it. */
export async function migrateLocalDrafts(): Promise<void> {
  const names = Object.keys(localStorage).filter((it) => it.startsWith(DRAFTS));
  for (const key of names) {
    const name = key.slice(DRAFTS.length);
    const { xml } = JSON.parse(localStorage.getItem(key) ?? "{}") as { xml?: string };
    const process = xml ? listProcesses(xml)[0] : undefined;
    if (xml)
      await createDraft({
        name: name === "new" ? "New diagram" : name,
        bpmn: xml,
        files: toFiles(scenariosOf(name), process ?? name),
        ...(process ? { processDefinitionKey: process } : {}),
      });
    localStorage.removeItem(key);
    localStorage.removeItem(SCENARIOS + name);
  }
}
