import { BPMN, parse } from "~/diagram/fileNames";

/** Whether Baton does not conduct a process of the file: events say what becomes of its tasks. */
export function isObserved(xml: string, process: string): boolean {
  const found = [...parse(xml).getElementsByTagNameNS(BPMN, "process")].find((it) => it.id === process);
  const properties = [...(found?.children ?? [])].find((it) => it.localName === "extensionElements");
  return [...(properties?.getElementsByTagName("*") ?? [])].some(
    (it) => it.getAttribute("name") === "baton:observed" && it.getAttribute("value") === "true",
  );
}
