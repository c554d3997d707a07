/** Reads the fields of a form-js schema, as far as they are drawn here. Pure. */

import type { FormField } from "./formData";

interface Component {
  type?: string;
  subtype?: string;
  key?: string;
  path?: string;
  label?: string;
  dateLabel?: string;
  description?: string;
  defaultValue?: unknown;
  readonly?: boolean;
  disabled?: boolean;
  values?: { label?: string; value?: unknown }[];
  valuesKey?: string;
  valuesExpression?: string;
  conditional?: { hide?: string };
  validate?: Record<string, unknown>;
  components?: Component[];
}

export interface FormJs {
  fields: FormField[];
  /** What stands in the form and is not drawn here: its values are given as JSON. */
  missing: string[];
}

const TYPES: Record<string, FormField["type"]> = {
  textfield: "string",
  textarea: "text",
  number: "number",
  checkbox: "boolean",
  select: "enum",
  radio: "enum",
};
const MOMENTS: Record<string, FormField["type"]> = { date: "date", time: "time", datetime: "datetime" };
/** They show something and ask for nothing. */
const SILENT = new Set(["text", "button", "image", "spacer", "separator", "html", "iframe", "table"]);

const isText = (value: unknown): value is string => typeof value === "string";
const numberOf = (value: unknown) => (Number.isFinite(Number(value ?? Number.NaN)) ? Number(value) : undefined);

function typeOf(component: Component): FormField["type"] | undefined {
  if (component.type === "datetime") return MOMENTS[component.subtype ?? "date"];
  return TYPES[component.type ?? ""];
}

/** Choices that variables or an expression give are not known here, and a choice that is no text cannot be sent as one. */
function hasChoices({ values }: Component): boolean {
  return values?.every((it) => isText(it.value)) ?? false;
}

function field(component: Component, key: string, type: FormField["type"]): FormField {
  const rules = component.validate ?? {};
  const { defaultValue } = component;
  return {
    id: key,
    label: component.label || component.dateLabel || key,
    type,
    defaultValue: defaultValue === undefined || defaultValue === null ? "" : String(defaultValue),
    // A field that may be hidden is demanded by the server, which knows whether it is.
    required: rules.required === true && !component.conditional?.hide,
    readonly: component.readonly === true || component.disabled === true,
    hint: component.description,
    options: (component.values ?? []).map((it) => ({ id: String(it.value), name: it.label || String(it.value) })),
    min: numberOf(rules.min),
    max: numberOf(rules.max),
    minLength: numberOf(rules.minLength),
    maxLength: numberOf(rules.maxLength),
    pattern: isText(rules.pattern) ? rules.pattern : undefined,
  };
}

function collect(components: Component[], found: FormJs): void {
  for (const component of components) {
    const { type = "", key = "" } = component;
    const drawn = typeOf(component);
    if (type === "group" && !component.path) collect(component.components ?? [], found);
    else if (drawn && key && !key.includes(".") && (drawn !== "enum" || hasChoices(component)))
      found.fields.push(field(component, key, drawn));
    else if (!SILENT.has(type)) found.missing.push(component.label || key || component.path || type);
  }
}

/** Throws SyntaxError for what is no JSON. */
export function readFormJs(text: string): FormJs {
  const schema = JSON.parse(text) as Component | null;
  const found: FormJs = { fields: [], missing: [] };
  collect(schema?.components ?? [], found);
  return found;
}
