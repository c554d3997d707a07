/** What the address says of the list of dead letters, and what an event says of itself. Pure. */

import type { LetterFilter } from "~/api/events";
import type { DeadLetter } from "~/api/types";

export const SIZE = 50;

export const TEXTS = [
  { id: "type", label: "Type of the event", hint: "Type: ticket.resolved" },
  { id: "element", label: "Element that it comes from", hint: "Element: EndResolved" },
  { id: "text", label: "Text in the event or the reason", hint: "Text in event or reason" },
] as const;

const NAMES = ["place", ...TEXTS.map((it) => it.id)];

export const NOTHING = Object.fromEntries([...NAMES, "page"].map((it) => [it, null]));

export const isFiltered = (query: URLSearchParams) => NAMES.some((it) => query.get(it));

const given = (text: string | null) => text || undefined;

export const filterOf = (query: URLSearchParams): LetterFilter => ({
  place: given(query.get("place")),
  type: given(query.get("type")),
  element: given(query.get("element")),
  text: given(query.get("text")),
});

export const pageOf = (query: URLSearchParams) => Math.max(0, Math.floor(Number(query.get("page") ?? "1")) - 1 || 0);

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

export const typeOf = ({ event }: DeadLetter) => textOf(event.type) || "no type";

export const elementOf = ({ event }: DeadLetter) => textOf(event.batonelement);

/** What it is about: the business key if there is one. */
export const subjectOf = ({ event }: DeadLetter) => textOf(event.subject) || textOf(event.id);

const OF_INSTANCE = /^\/baton\/process-instance\/(.+)$/;

/** The instance that an event comes from; null for the events of other systems. */
export const instanceOf = ({ event }: DeadLetter): string | null => OF_INSTANCE.exec(textOf(event.source))?.[1] ?? null;

/** The one behind it, or else the one before: what is shown when a letter is done with. */
export function nextOf(ids: readonly string[], id: string): string | null {
  const place = ids.indexOf(id);
  return place < 0 ? null : (ids[place + 1] ?? ids[place - 1] ?? null);
}

export type ParsedEvent = { ok: true; event: Record<string, unknown> } | { ok: false; message: string };

/** What somebody has made of an event: its identity stays, or its receivers would not know it. */
export function parseEvent(text: string, before: Record<string, unknown>): ParsedEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${(error as Error).message}` };
  }
  if (typeof event !== "object" || event === null || Array.isArray(event))
    return { ok: false, message: "Write an object with the attributes of the event." };
  const found = event as Record<string, unknown>;
  const changed = ["specversion", "id", "source"].find((name) => found[name] !== before[name]);
  if (changed) return { ok: false, message: `${changed} has to stay ${JSON.stringify(before[changed])}.` };
  return { ok: true, event: found };
}
