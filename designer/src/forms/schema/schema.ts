/** Forms of form-js: what the JSON of a `.form` file holds, as far as it matters around the viewer and the editor. Pure. */

export interface Component {
  type?: string;
  key?: string;
  label?: string;
  components?: Component[];
  [more: string]: unknown;
}

export interface Schema {
  id?: string;
  components: Component[];
  [more: string]: unknown;
}

/** Throws with what is wrong. */
export function parseSchema(text: string): Schema {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is no form: it is not JSON. ${(error as Error).message}`);
  }
  const isForm =
    typeof found === "object" && found !== null && "components" in found && Array.isArray(found.components);
  if (!isForm) throw new Error('This is no form: expected an object with "components", as form-js writes it.');
  return found as Schema;
}

/** A form to begin with. Its id is what user tasks and start events refer to. */
export const blankSchema = (id: string): Schema => ({ id, type: "default", schemaVersion: 19, components: [] });

export const writeSchema = (schema: Schema) => `${JSON.stringify(schema, null, 2)}\n`;

/** Parts that Baton has no storage for. */
export function listUnservedParts(components: readonly Component[]): string[] {
  return components.flatMap((it) => [
    ...(it.type === "filepicker" || it.type === "documentPreview" ? [it.label || it.key || it.type] : []),
    ...listUnservedParts(it.components ?? []),
  ]);
}

/** The variables that a form asks for. */
export const listKeys = (components: readonly Component[]): string[] =>
  components.flatMap((it) => [...(it.key ? [it.key.split(".")[0] ?? ""] : []), ...listKeys(it.components ?? [])]);
