/** Reads `camunda:formData` of a start event or user task from the diagram's XML. */

import { BPMN, parse } from "~/diagram/fileNames";

export interface FormField {
  id: string;
  label: string;
  type: "string" | "text" | "number" | "boolean" | "date" | "enum" | "json";
  defaultValue: string;
  required: boolean;
  readonly: boolean;
  options: { id: string; name: string }[];
  hint?: string | undefined;
  /** Whole numbers only. */
  whole?: boolean;
  min?: number | undefined;
  max?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
}

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

const WHOLE = new Set(["long", "int", "integer"]);
const isExpression = (text: string) => /^\s*[$#]\{/.test(text);

function field(element: Element): FormField {
  const constraints = [...element.getElementsByTagNameNS(CAMUNDA, "constraint")];
  const config = (name: string) => {
    const found = constraints.find((it) => it.getAttribute("name") === name);
    return found ? (found.getAttribute("config") ?? "") : undefined;
  };
  const is = (name: string) => !["false", undefined].includes(config(name));
  const number = (name: string) => (Number.isFinite(Number(config(name) || "-")) ? Number(config(name)) : undefined);
  const id = element.getAttribute("id") ?? "";
  const type = element.getAttribute("type") ?? "string";
  const preset = element.getAttribute("defaultValue") ?? "";
  return {
    id,
    label: element.getAttribute("label") || id,
    type: TYPES[type] ?? "string",
    // What an expression gives is known when the instance runs.
    defaultValue: isExpression(preset) ? "" : preset,
    required: is("required"),
    readonly: is("readonly"),
    whole: WHOLE.has(type),
    min: number("min"),
    max: number("max"),
    minLength: number("minlength"),
    maxLength: number("maxlength"),
    options: [...element.getElementsByTagNameNS(CAMUNDA, "value")].map((it) => ({
      id: it.getAttribute("id") ?? "",
      name: it.getAttribute("name") || (it.getAttribute("id") ?? ""),
    })),
  };
}

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

/** A form outside of the model: `camunda:formKey`, or the form that `camunda:formRef` names. */
export interface NamedForm {
  name: string;
  /** Whether it is a file that is deployed. */
  deployed: boolean;
}

function formName(owner: Element | undefined): NamedForm | null {
  const reference = owner?.getAttributeNS(CAMUNDA, "formRef");
  if (reference) return { name: reference, deployed: true };
  const key = owner?.getAttributeNS(CAMUNDA, "formKey");
  return key ? { name: key, deployed: key.startsWith("camunda-forms:") } : null;
}

export function startFormName(xml: string, processKey: string): NamedForm | null {
  const process = [...parse(xml).getElementsByTagNameNS(BPMN, "process")].find(
    (it) => it.getAttribute("id") === processKey,
  );
  const starts = [...(process?.children ?? [])].filter((it) => it.localName === "startEvent");
  return starts.map(formName).find((it) => it !== null) ?? null;
}

export function taskFormName(xml: string, taskId: string): NamedForm | null {
  return formName(
    [...parse(xml).getElementsByTagNameNS(BPMN, "userTask")].find((it) => it.getAttribute("id") === taskId),
  );
}

/** The processes that a file calls in the version that is deployed with it. */
export function boundProcesses(xml: string): string[] {
  const calls = [...parse(xml).getElementsByTagNameNS(BPMN, "callActivity")];
  return calls
    .filter((it) => it.getAttributeNS(CAMUNDA, "calledElementBinding") === "deployment")
    .map((it) => it.getAttribute("calledElement") ?? "");
}
