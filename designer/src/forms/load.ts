/** The form of a user task or a start event, wherever it is written: in the model, or in a file that is deployed with it. */

import { getText } from "~/api/http";
import { definitionXml } from "~/api/models";
import type { Definition, UserTask, Variables } from "~/api/types";
import { type FormField, type NamedForm, startForm, startFormName, taskForm, taskFormName } from "./formData";
import { listUnservedParts, parseSchema, type Schema } from "./schema/schema";
import { plainAll } from "./variables";

export interface LoadedForm {
  /** The fields of `camunda:formData`; none when the form is a file. */
  fields: FormField[];
  /** The form as form-js has drawn it. */
  schema: Schema | null;
  /** What the form of form-js can see. */
  data: Record<string, unknown>;
  /** What this form cannot do here. */
  note: string | null;
}

export const NO_FORM: LoadedForm = { fields: [], schema: null, data: {}, note: null };

/** Of a form that is no file of form-js. */
export const foreignNote = (name: string) =>
  name.startsWith("embedded:")
    ? `The form ${name} is a page of HTML for the task list of Camunda, which Baton does not show. Give its values as JSON, or draw the form in the designer.`
    : `The form ${name} belongs to another application and is not shown here. Give its values as JSON.`;

/** The form in a file. What cannot be read is said, and its values are given as JSON. */
export function makeSchemaForm(text: string): LoadedForm {
  try {
    const schema = parseSchema(text);
    const unserved = listUnservedParts(schema.components).join(", ");
    const note = unserved ? `Baton keeps no files, so these parts of the form do nothing: ${unserved}.` : null;
    return { ...NO_FORM, schema, note };
  } catch (error) {
    return { ...NO_FORM, note: `${(error as Error).message} Give its values as JSON.` };
  }
}

/** `read` answers the text of the form's file, or why there is none. */
export async function makeForm(
  fields: FormField[],
  named: NamedForm | null,
  read: () => Promise<string>,
): Promise<LoadedForm> {
  if (fields.length || !named) return { ...NO_FORM, fields };
  if (!named.deployed) return { ...NO_FORM, note: foreignNote(named.name) };
  try {
    return makeSchemaForm(await read());
  } catch (error) {
    return {
      ...NO_FORM,
      note: `The form ${named.name} is not there. ${(error as Error).message} Give its values as JSON.`,
    };
  }
}

export async function loadTaskForm(task: UserTask): Promise<LoadedForm> {
  const { processDefinitionId, taskDefinitionKey: element } = task;
  if (!processDefinitionId || !element) return NO_FORM;
  const xml = await definitionXml(processDefinitionId);
  const path = `/task/${encodeURIComponent(task.id)}/deployed-form`;
  return makeForm(taskForm(xml, element), taskFormName(xml, element), () => getText(path));
}

export async function loadStartForm({ id, key }: Definition): Promise<LoadedForm> {
  const xml = await definitionXml(id);
  const path = `/process-definition/${encodeURIComponent(id)}/deployed-start-form`;
  return makeForm(startForm(xml, key), startFormName(xml, key), () => getText(path));
}

/** A moment as the field's control writes it; anything else stays. */
function toControl(type: FormField["type"], text: string): string {
  return type === "date" ? text.slice(0, 10) : text;
}

/** The form with what the variables hold already. */
export function fillForm(form: LoadedForm, variables: Variables): LoadedForm {
  const data = plainAll(variables);
  const fields = form.fields.map((field) => {
    const value = data[field.id];
    if (value === null || value === undefined) return field;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return { ...field, defaultValue: toControl(field.type, text) };
  });
  return { ...form, fields, data };
}
