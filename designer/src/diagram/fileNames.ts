/** What pages that only show a diagram read from its file beside the drawing. */

export const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";

export const parse = (xml: string) => new DOMParser().parseFromString(xml, "application/xml");

/** The processes that a file calls by a plain key. */
export function calledProcesses(xml: string): string[] {
  const calls = [...parse(xml).getElementsByTagNameNS(BPMN, "callActivity")];
  return calls.map((it) => it.getAttribute("calledElement") ?? "").filter((it) => /^[\w.-]+$/.test(it));
}

/** Names of all elements by id, for lists that say where an instance is. */
export function elementNames(xml: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const element of parse(xml).querySelectorAll("[id]")) {
    const id = element.getAttribute("id");
    const name = element.getAttribute("name");
    if (id && name && element.namespaceURI === BPMN) names.set(id, name.replace(/\s+/g, " "));
  }
  return names;
}
