/** The form of a user task or start event of a draft: its file lies beside the draft. Pure. */

import type { DraftFile } from "~/api/drafts";
import type { FormField, NamedForm } from "./formData";
import { foreignNote, type LoadedForm, makeSchemaForm, NO_FORM } from "./load";

const ENDING = ".form";
const PREFIX = /^(camunda-forms:|embedded:)?deployment:/;

function idOf({ content }: DraftFile): string | null {
  try {
    return String((JSON.parse(content) as { id?: unknown } | null)?.id ?? "");
  } catch {
    // What is no JSON has no id. The viewer says so when the form is shown.
    return null;
  }
}

/** The file of a form, by the id that it gives itself or by its name. */
export function findFormFile(files: readonly DraftFile[], reference: string): DraftFile | undefined {
  const wanted = reference.replace(PREFIX, "");
  const forms = files.filter((it) => it.name.endsWith(ENDING));
  return (
    forms.find((it) => idOf(it) === wanted) ?? forms.find((it) => it.name === wanted || it.name === wanted + ENDING)
  );
}

export function draftForm(fields: FormField[], named: NamedForm | null, files: readonly DraftFile[]): LoadedForm {
  if (fields.length || !named) return { ...NO_FORM, fields };
  if (!named.deployed) return { ...NO_FORM, note: foreignNote(named.name) };
  const file = findFormFile(files, named.name);
  if (file) return makeSchemaForm(file.content);
  const note = `The form ${named.name} does not lie beside this draft. Draw it or open its file, or give its values as JSON.`;
  return { ...NO_FORM, note };
}
