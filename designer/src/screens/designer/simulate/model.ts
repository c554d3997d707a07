/** What the panel needs to know of the file: its error codes and its start events. */

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";

export interface StartChoice {
  element: string;
  name: string;
  kind: "none" | "message" | "signal" | "other";
  /** Of the message or signal. */
  event: string | null;
}

const parse = (xml: string) => new DOMParser().parseFromString(xml, "application/xml");

export function errorCodes(xml: string): string[] {
  const errors = [...parse(xml).getElementsByTagNameNS(BPMN, "error")];
  return [...new Set(errors.map((it) => it.getAttribute("errorCode") ?? "").filter(Boolean))];
}

function kindOf(start: Element, document: Document): Pick<StartChoice, "kind" | "event"> {
  const definition = [...start.children].find((it) => it.localName.endsWith("EventDefinition"));
  const kind = definition?.localName.replace("EventDefinition", "") ?? "none";
  if (kind !== "message" && kind !== "signal") return { kind: kind === "none" ? "none" : "other", event: null };
  const id = definition?.getAttribute(`${kind}Ref`)?.replace(/^.*:/, "");
  const named = [...document.getElementsByTagNameNS(BPMN, kind)].find((it) => it.getAttribute("id") === id);
  return { kind, event: named?.getAttribute("name") ?? null };
}

/** The ways in which the process can be started, the plain one first. */
export function startChoices(xml: string, process: string): StartChoice[] {
  const document = parse(xml);
  const found = [...document.getElementsByTagNameNS(BPMN, "process")].find((it) => it.getAttribute("id") === process);
  const starts = [...(found?.children ?? [])].filter((it) => it.localName === "startEvent");
  return starts
    .map((it) => {
      const id = it.getAttribute("id") ?? "";
      return { element: id, name: it.getAttribute("name") || id, ...kindOf(it, document) };
    })
    .sort((a, b) => Number(a.kind !== "none") - Number(b.kind !== "none"));
}
