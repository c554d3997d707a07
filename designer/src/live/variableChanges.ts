/** When each variable was changed, to what, and by whom: read from the events. Pure. */

import type { InstanceEvent, Variable, Variables } from "~/api/types";

export interface VariableChange {
  position: number;
  at: string;
  /** Null: it was removed. */
  value: Variable | null;
  /** The element whose work, message or mapping set it; null: the start, or somebody from outside. */
  element: string | null;
  /** A worker, a person, a message; null when nothing more is known. */
  by: string | null;
}

const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);

/** What stands right before a change says what brought it. */
function causeOf(change: InstanceEvent, before: InstanceEvent | undefined): Pick<VariableChange, "element" | "by"> {
  const by = text(change.data.by);
  if (by) return { element: change.element, by };
  switch (before?.type) {
    case "InstanceStarted":
      return { element: null, by: text(before.data.by) ?? "the start" };
    case "ExternalTaskCompleted":
      return { element: before.element, by: text(before.data.worker) };
    case "UserTaskCompleted":
      return { element: before.element, by: text(before.data.by) };
    case "ErrorThrown":
      return { element: before.element, by: `error ${text(before.data.code) ?? ""}`.trim() };
    case "MessageReceived":
    case "SignalReceived":
      return { element: before.element, by: text(before.data.name) };
    default:
      return { element: null, by: null };
  }
}

/** By the scope's token, then by name, oldest first; up to a position. */
export function variableChanges(
  events: readonly InstanceEvent[],
  upTo: number,
): Map<number, Map<string, VariableChange[]>> {
  const found = new Map<number, Map<string, VariableChange[]>>();
  const places = new Map<number, string>();
  let before: InstanceEvent | undefined;
  for (const event of events) {
    if (event.position > upTo) break;
    if (event.type === "ElementEntered" && event.token !== null && event.element)
      places.set(event.token, event.element);
    if (event.type === "VariablesChanged") note(found, event, causeOf(event, before), places);
    // What an error takes along is set after it has ended what it left.
    if (event.type !== "ElementCancelled") before = event;
  }
  return found;
}

function note(
  found: Map<number, Map<string, VariableChange[]>>,
  event: InstanceEvent,
  cause: Pick<VariableChange, "element" | "by">,
  places: ReadonlyMap<number, string>,
): void {
  const scope = Number(event.data.scope ?? 0);
  const names = found.get(scope) ?? new Map<string, VariableChange[]>();
  const element = cause.element ?? (cause.by ? null : (places.get(event.token ?? -1) ?? null));
  const add = (name: string, value: Variable | null) =>
    names.set(name, [...(names.get(name) ?? []), { position: event.position, at: event.at, value, ...cause, element }]);
  for (const [name, value] of Object.entries((event.data.set ?? {}) as Variables)) add(name, value);
  for (const name of (event.data.removed ?? []) as string[]) add(name, null);
  found.set(scope, names);
}
