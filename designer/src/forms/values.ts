import type { Variables } from "~/api/types";
import type { FormField } from "./formData";
import { toVariable } from "./variables";

const isProse = ({ type }: FormField) => type === "string" || type === "text";

/** What a field's text means; an empty field that nobody must fill sends nothing. */
export function fieldsToVariables(fields: readonly FormField[], texts: Record<string, string>): Variables {
  const variables: Variables = {};
  for (const field of fields) {
    const text = texts[field.id] ?? field.defaultValue;
    if (field.readonly || (text === "" && field.type !== "boolean" && !isProse(field))) continue;
    if (text === "" && !field.required && isProse(field) && texts[field.id] === undefined) continue;
    variables[field.id] = convert(field, text);
  }
  return variables;
}

function convert(field: FormField, text: string): Variables[string] {
  switch (field.type) {
    case "boolean":
      return { value: text === "true", type: "Boolean" };
    case "number":
      return toVariable(Number(text));
    case "json":
      return { value: text, type: "Json" };
    default:
      return { value: text, type: "String" };
  }
}
