/** The XML of what is deployed, and a diagram made for what has none: every page that draws needs them. */

import { convertXml, get } from "./http";

const xmlById = new Map<string, Promise<string>>();

/** A definition never changes, so its XML is fetched once. */
export function definitionXml(id: string): Promise<string> {
  let known = xmlById.get(id);
  if (!known) {
    known = get<{ bpmn20Xml: string }>(`/process-definition/${encodeURIComponent(id)}/xml`).then((it) => it.bpmn20Xml);
    known.catch(() => xmlById.delete(id));
    xmlById.set(id, known);
  }
  return known;
}

/** The XML of the latest version of a process. */
export const latestXml = (key: string) =>
  get<{ bpmn20Xml: string }>(`/process-definition/key/${encodeURIComponent(key)}/xml`).then((it) => it.bpmn20Xml);

/** The file with a diagram that the server makes; the one of a process first. */
export const layOut = (xml: string, process?: string) => convertXml("/process-definition/layout", { process }, xml);
