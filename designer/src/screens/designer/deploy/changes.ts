/** What differs between two versions of a diagram, as a list that people can read. */

import { type Differences, diff } from "bpmn-js-differ";
import type { DraftFile } from "~/api/drafts";

export type Kind = "added" | "removed" | "changed" | "moved";

export interface Change {
  id: string;
  kind: Kind;
  /** What people call it. */
  name: string;
  /** What of it has changed, such as “name: Ship → Send”. */
  details: string[];
}

interface Model {
  $type?: string;
  id?: string;
  name?: string;
  sourceRef?: Model;
  targetRef?: Model;
  [attribute: string]: unknown;
}

/** Reads a file into its model; the modeler's `moddle` knows the extensions. */
export interface Moddle {
  fromXML(xml: string): Promise<{ rootElement: unknown; elementsById: Record<string, Model> }>;
}

const spaced = (type: string) =>
  type
    .replace(/^.*:/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();

export function nameOf(model: Model | undefined): string {
  if (!model) return "something";
  const name = model.name?.replace(/\s+/g, " ");
  if (model.sourceRef && model.targetRef)
    return `flow ${name ? `“${name}” ` : ""}from ${nameOf(model.sourceRef)} to ${nameOf(model.targetRef)}`;
  return name ? `“${name}”` : spaced(model.$type ?? "");
}

/** A value short enough for a line; null for what is no plain value, nor an expression or another element. */
function plain(value: unknown): string | null {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value !== "object") return String(value).replace(/\s+/g, " ");
  const { body, id, $type } = value as Model;
  if (typeof body === "string") return body.replace(/\s+/g, " ");
  return id && $type ? nameOf(value as Model) : null;
}

/** What attributes are called that no person would call so. */
const ATTRIBUTES: Record<string, string> = {
  sourceRef: "comes from",
  targetRef: "leads to",
  conditionExpression: "condition",
  default: "default flow",
};

function describe(attribute: string, before: unknown, after: unknown): string {
  const [from, to] = [plain(before), plain(after)];
  const word = ATTRIBUTES[attribute] ?? spaced(attribute);
  return from === null || to === null ? word : `${word}: ${from} → ${to}`;
}

const GROUPS: [Kind, keyof Differences][] = [
  ["added", "_added"],
  ["removed", "_removed"],
  ["changed", "_changed"],
  ["moved", "_layoutChanged"],
];

/** Whether it is a flow one of whose ends has moved: it is drawn otherwise by itself. */
const followsAnEnd = ({ sourceRef, targetRef }: Model, moved: object) =>
  [sourceRef, targetRef].some((end) => end?.id !== undefined && end.id in moved);

type ById = Record<string, Model | undefined>;

/**
 * Pure. A part that has changed and moved is listed once, as changed; a flow that follows what has moved, not at all. The
 * values come from the models: the library swaps the old and the new one.
 */
export function listChanges(found: Differences, before: ById, after: ById): Change[] {
  const seen = new Set<string>();
  return GROUPS.flatMap(([kind, group]) =>
    Object.entries(found[group]).flatMap(([id, it]) => {
      if (seen.has(id)) return [];
      seen.add(id);
      const model = (after[id] ?? before[id] ?? it) as Model;
      if (kind === "moved" && followsAnEnd(model, found._layoutChanged)) return [];
      const attributes = Object.keys(found._changed[id]?.attrs ?? {});
      const value = (of: ById, attribute: string) => (of[id] as Record<string, unknown> | undefined)?.[attribute];
      const details = attributes.map((name) => describe(name, value(before, name), value(after, name)));
      return [{ id, kind, name: nameOf(model), details: [...new Set(details)] }];
    }),
  );
}

export async function compareFiles(moddle: Moddle, before: string, after: string): Promise<Change[]> {
  const [old, next] = await Promise.all([moddle.fromXML(before), moddle.fromXML(after)]);
  return listChanges(diff(old.rootElement, next.rootElement), old.elementsById, next.elementsById);
}

export interface FileChange {
  file: DraftFile;
  change: "added" | "removed" | "changed" | "same";
}

/** What lies beside the diagram against what was deployed beside the latest version. */
export function compareBeside(before: readonly DraftFile[], after: readonly DraftFile[]): FileChange[] {
  const old = new Map(before.map((it) => [it.name, it.content]));
  const names = new Set(after.map((it) => it.name));
  const changeOf = ({ name, content }: DraftFile) =>
    old.has(name) ? (old.get(name) === content ? "same" : "changed") : "added";
  return [
    ...after.map((file): FileChange => ({ file, change: changeOf(file) })),
    ...before.filter((it) => !names.has(it.name)).map((file): FileChange => ({ file, change: "removed" })),
  ];
}
