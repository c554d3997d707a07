/** The form of a user task or a start event, wherever it is written: in the model, or in a file that is deployed with it. */

import { definitionXml } from "~/api/definitions";
import { getText } from "~/api/http";
import type { Definition, UserTask, Variables } from "~/api/types";
import { type FormField, type NamedForm, startForm, startFormName, taskForm, taskFormName } from "./formData";
import { readFormJs } from "./formJs";
import { plain } from "./variables";

export interface LoadedForm {
  fields: FormField[];
  /** Why values must be given as JSON: a form that is not drawn here, or parts of one. */
  note: string | null;
}

async function load(fields: FormField[], named: NamedForm | null, path: string): Promise<LoadedForm> {
  if (fields.length || !named) return { fields, note: null };
  const foreign = `The model names the form ${named.name}, which is not drawn here. Give its values as JSON.`;
  if (!named.deployed) return { fields, note: foreign };
  const text = await getText(path).catch((error: Error) => error);
  if (text instanceof Error) return { fields, note: `${foreign} ${text.message}` };
  const form = readFormJs(text);
  const missing = form.missing.join(", ");
  return { fields: form.fields, note: missing && `Not drawn here, give as JSON: ${missing}.` };
}

export async function loadTaskForm(task: UserTask): Promise<LoadedForm> {
  const xml = await definitionXml(task.processDefinitionId);
  const { taskDefinitionKey: element } = task;
  return load(taskForm(xml, element), taskFormName(xml, element), `/task/${encodeURIComponent(task.id)}/deployed-form`);
}

export async function loadStartForm({ id, key }: Definition): Promise<LoadedForm> {
  const xml = await definitionXml(id);
  const path = `/process-definition/${encodeURIComponent(id)}/deployed-start-form`;
  return load(startForm(xml, key), startFormName(xml, key), path);
}

/** A moment as the field's control writes it; anything else stays. */
function toControl(type: FormField["type"], text: string): string {
  if (type === "date") return text.slice(0, 10);
  return type === "datetime" ? text.slice(0, 16) : text;
}

/** The fields with what the variables hold already. */
export const fillFields = (fields: readonly FormField[], variables: Variables): FormField[] =>
  fields.map((field) => {
    const known = variables[field.id];
    if (!known || known.value === null) return field;
    const value = plain(known);
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return { ...field, defaultValue: toControl(field.type, text) };
  });
