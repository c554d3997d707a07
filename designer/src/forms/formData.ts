/** Reads `camunda:formData` of a start event or user task from the diagram's XML. */

export interface FormField {
  id: string;
  label: string;
  type: "string" | "number" | "boolean" | "date" | "enum" | "json";
  defaultValue: string;
  required: boolean;
  readonly: boolean;
  options: { id: string; name: string }[];
}

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const CAMUNDA = "http://camunda.org/schema/1.0/bpmn";

const TYPES: Record<string, FormField["type"]> = {
  string: "string",
  long: "number",
  int: "number",
  integer: "number",
  double: "number",
  number: "number",
  boolean: "boolean",
  date: "date",
  enum: "enum",
  json: "json",
};

function field(element: Element): FormField {
  const constraint = (name: string) =>
    [...element.getElementsByTagNameNS(CAMUNDA, "constraint")].some(
      (it) => it.getAttribute("name") === name && it.getAttribute("config") !== "false",
    );
  const id = element.getAttribute("id") ?? "";
  return {
    id,
    label: element.getAttribute("label") || id,
    type: TYPES[element.getAttribute("type") ?? "string"] ?? "string",
    defaultValue: element.getAttribute("defaultValue") ?? "",
    required: constraint("required"),
    readonly: constraint("readonly"),
    options: [...element.getElementsByTagNameNS(CAMUNDA, "value")].map((it) => ({
      id: it.getAttribute("id") ?? "",
      name: it.getAttribute("name") || (it.getAttribute("id") ?? ""),
    })),
  };
}

const parse = (xml: string) => new DOMParser().parseFromString(xml, "application/xml");

function fieldsOf(owner: Element | undefined): FormField[] {
  const extension = [...(owner?.children ?? [])].find((it) => it.localName === "extensionElements");
  return extension ? [...extension.getElementsByTagNameNS(CAMUNDA, "formField")].map(field) : [];
}

export function startForm(xml: string, processKey: string): FormField[] {
  const processes = [...parse(xml).getElementsByTagNameNS(BPMN, "process")];
  const process = processes.find((it) => it.getAttribute("id") === processKey) ?? processes[0];
  const starts = [...(process?.children ?? [])].filter((it) => it.localName === "startEvent");
  return starts.map(fieldsOf).find((it) => it.length > 0) ?? [];
}

export function taskForm(xml: string, taskId: string): FormField[] {
  return fieldsOf(
    [...parse(xml).getElementsByTagNameNS(BPMN, "userTask")].find((it) => it.getAttribute("id") === taskId),
  );
}

export const listProcesses = (xml: string): string[] =>
  [...parse(xml).getElementsByTagNameNS(BPMN, "process")].map((it) => it.getAttribute("id") ?? "");

/** A form that is not drawn here: `camunda:formKey`, or the form that `camunda:formRef` names. */
function foreignForm(owner: Element | undefined): string | null {
  const key = owner?.getAttributeNS(CAMUNDA, "formKey");
  const reference = owner?.getAttributeNS(CAMUNDA, "formRef");
  return key || reference || null;
}

export function foreignStartForm(xml: string, processKey: string): string | null {
  const process = [...parse(xml).getElementsByTagNameNS(BPMN, "process")].find(
    (it) => it.getAttribute("id") === processKey,
  );
  const starts = [...(process?.children ?? [])].filter((it) => it.localName === "startEvent");
  return starts.map(foreignForm).find((it) => it !== null) ?? null;
}

export function foreignTaskForm(xml: string, taskId: string): string | null {
  return foreignForm(
    [...parse(xml).getElementsByTagNameNS(BPMN, "userTask")].find((it) => it.getAttribute("id") === taskId),
  );
}

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
