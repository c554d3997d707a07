/** Steps of a modification of many instances. */

import type { Instruction } from "~/api/operations";
import { BPMN, parse } from "~/diagram/fileNames";

const NODE = /(task|gateway|event|subProcess|callActivity|transaction)$/i;

/** Ids of what a token can be at, in the order of the file; not what starts because of an event. */
export function listNodes(xml: string, process: string): string[] {
  const own = [...parse(xml).getElementsByTagNameNS(BPMN, "process")].find((it) => it.getAttribute("id") === process);
  return [...(own?.querySelectorAll("[id]") ?? [])]
    .filter((it) => it.namespaceURI === BPMN && NODE.test(it.localName) && it.localName !== "boundaryEvent")
    .map((it) => it.getAttribute("id") ?? "");
}

const WORDS: Record<Instruction["type"], (name: string) => string> = {
  cancel: (name) => `Cancel what is at ${name}`,
  startBeforeActivity: (name) => `Start before ${name}`,
  startAfterActivity: (name) => `Start after ${name}`,
};

export const sentence = ({ type, activityId }: Instruction, name: (id: string) => string): string =>
  WORDS[type](name(activityId ?? ""));
