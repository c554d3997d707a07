/** Element templates: the JSON of Camunda Modeler for Camunda 7, as far as Baton runs what it sets. Pure. */

export type Binding =
  | { type: "property"; name: string }
  | { type: "camunda:property"; name: string }
  | { type: "camunda:inputParameter"; name: string }
  | { type: "camunda:outputParameter"; source: string }
  | { type: "bpmn:Message#property"; name: string };

export type InputType = "String" | "Text" | "Boolean" | "Number" | "Dropdown" | "Hidden";

export interface Property {
  label?: string;
  description?: string;
  type?: InputType;
  value?: string | number | boolean;
  binding: Binding;
  choices?: { name: string; value: string }[];
  optional?: boolean;
  constraints?: { notEmpty?: boolean; pattern?: string | { value: string; message?: string } };
}

export interface ElementTemplate {
  id: string;
  name: string;
  description?: string;
  version?: number;
  appliesTo: string[];
  /** What the element becomes. */
  elementType?: { value: string };
  properties: Property[];
}

const BINDINGS = [
  "property",
  "camunda:property",
  "camunda:inputParameter",
  "camunda:outputParameter",
  "bpmn:Message#property",
];
/** Attributes that name Java code. */
const FOREIGN = /^camunda:(class|delegateExpression)$/;

export const isTemplate = (found: unknown): found is ElementTemplate =>
  typeof found === "object" && found !== null && "appliesTo" in found && "properties" in found && "id" in found;

/** What of a template does not run here; null if all of it does. */
export function findForeign({ properties }: ElementTemplate): string | null {
  const foreign = properties.find(
    ({ binding }) =>
      !BINDINGS.includes(binding.type) ||
      ("name" in binding && binding.type === "property" && FOREIGN.test(binding.name)),
  );
  if (!foreign) return null;
  return "name" in foreign.binding ? `${foreign.binding.type} ${foreign.binding.name}` : foreign.binding.type;
}

/** One template or a list of them, as a file holds it. Throws with what is wrong. */
export function parseTemplates(text: string): ElementTemplate[] {
  const found = JSON.parse(text) as unknown;
  const all = Array.isArray(found) ? found : [found];
  if (!all.length || !all.every(isTemplate))
    throw new Error('expected element templates with "id", "appliesTo" and "properties".');
  for (const it of all) {
    const foreign = findForeign(it);
    if (foreign) throw new Error(`the template ${it.name ?? it.id} sets ${foreign}, which Baton does not run.`);
  }
  return all;
}

export const appliesTo = (type: string) => (template: ElementTemplate) => template.appliesTo.includes(type);

/** Those that somebody fills in, with their places. */
export const listVisible = ({ properties }: ElementTemplate): [number, Property][] =>
  [...properties.entries()].filter(([, it]) => it.type !== "Hidden");

export const presetOf = ({ value }: Property): string => (value === undefined ? "" : String(value));

const isExpression = (text: string) => /^\s*([$#]\{|=)/.test(text);

/** What is written: numbers and truth values as expressions, since plain text would become text. */
export function writeValue({ type, binding }: Property, text: string): string {
  const isTyped = type === "Number" || type === "Boolean";
  return binding.type === "camunda:inputParameter" && isTyped && text && !isExpression(text) ? `\${${text}}` : text;
}
