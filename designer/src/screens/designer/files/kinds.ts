/** What lies beside a diagram: forms, decisions, other processes, scripts. Pure but for reading XML. */

import type { DraftFile } from "~/api/drafts";
import { boundProcesses, listProcesses } from "~/forms/formData";
import { parseSchema } from "~/forms/schema/schema";

export type Kind = "process" | "decision" | "form" | "scenario" | "script" | "template";

const ENDINGS: [RegExp, Kind][] = [
  [/\.scenario\.json$/, "scenario"],
  [/\.(dmn|dmn11\.xml|dmn\.xml)$/, "decision"],
  [/\.(bpmn|bpmn20\.xml)$/, "process"],
  [/\.form$/, "form"],
  [/\.(py|feel|js|groovy)$/, "script"],
];
/** Element templates say to what they apply. */
const TEMPLATE = /"appliesTo"\s*:/;
const DMN = /dmn\/|\/DMN\//i;

/** By its name, and of plain XML and JSON by its content; null for what is no part of a process. */
export function kindOf({ name, content }: DraftFile): Kind | null {
  const known = ENDINGS.find(([ending]) => ending.test(name))?.[1];
  if (!known && name.endsWith(".json")) return TEMPLATE.test(content) ? "template" : null;
  if (known || !name.endsWith(".xml")) return known ?? null;
  const root = new DOMParser().parseFromString(content, "application/xml").documentElement;
  if (root.localName !== "definitions") return null;
  return DMN.test(root.namespaceURI ?? "") ? "decision" : "process";
}

export interface DecisionInfo {
  id: string;
  name: string;
}

/** The decisions of a file. */
export function listDecisions(dmn: string): DecisionInfo[] {
  const document = new DOMParser().parseFromString(dmn, "application/xml");
  return [...document.getElementsByTagNameNS("*", "decision")].map((it) => {
    const id = it.getAttribute("id") ?? "";
    return { id, name: it.getAttribute("name") || id };
  });
}

export const findDecisionFile = (files: readonly DraftFile[], decision: string): DraftFile | undefined =>
  files.find((it) => kindOf(it) === "decision" && listDecisions(it.content).some(({ id }) => id === decision));

/** What a diagram says when it means a file. */
function listReferences(file: DraftFile): string[] {
  const kind = kindOf(file);
  if (kind === "decision") return listDecisions(file.content).map((it) => it.id);
  if (kind === "form") return [titleOf(file), file.name, file.name.replace(/\.form$/, "")];
  return kind === "process" ? listProcesses(file.content) : [file.name];
}

const BEFORE = ['"', ":", "/"];
const names = (text: string, reference: string) => BEFORE.some((it) => text.includes(`${it}${reference}"`));

function isMeant(file: DraftFile, texts: readonly string[], bound: ReadonlySet<string>): boolean {
  const references = listReferences(file);
  // A called process has versions of its own, unless it is called in the version that was deployed with the caller.
  if (kindOf(file) === "process") return references.some((it) => bound.has(it));
  return references.some((it) => texts.some((text) => names(text, it)));
}

/** Of the files that were deployed together those that belong to one of the diagrams. */
export function keepRelated(xml: string, files: readonly DraftFile[]): DraftFile[] {
  const others = files.filter((it) => kindOf(it) === "process").length;
  const bound = new Set(boundProcesses(xml));
  const kept: DraftFile[] = [];
  for (let found = -1; found !== kept.length; ) {
    found = kept.length;
    const texts = [xml, ...kept.map((it) => it.content)];
    const more = files.filter((it) => !kept.includes(it) && isMeant(it, texts, bound));
    kept.push(...more);
  }
  // Beside a single diagram everything belongs to it, also what an expression names.
  return others > 0 ? kept : [...files];
}

/** What a file is called in lists, by what it says itself. */
export function titleOf(file: DraftFile): string {
  const kind = kindOf(file);
  if (kind === "decision")
    return (
      listDecisions(file.content)
        .map((it) => it.name)
        .join(", ") || file.name
    );
  if (kind !== "form") return file.name;
  try {
    return parseSchema(file.content).id ?? file.name;
  } catch {
    // The editor says what is wrong with it.
    return file.name;
  }
}

/** A name that no file has yet: `name.ending`, `name-2.ending` … */
export function freeName(files: readonly DraftFile[], name: string, ending: string): string {
  const taken = new Set(files.map((it) => it.name));
  for (let number = 1; ; number += 1) {
    const wanted = number === 1 ? `${name}${ending}` : `${name}-${number}${ending}`;
    if (!taken.has(wanted)) return wanted;
  }
}

/** Files of the same name are replaced. */
export function replaceFiles(files: readonly DraftFile[], next: readonly DraftFile[]): DraftFile[] {
  const names = new Set(next.map((it) => it.name));
  return [...files.filter((it) => !names.has(it.name)), ...next];
}
