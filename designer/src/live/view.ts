/** What is known of an instance at one position of its history. Built by `fold.ts`, never changed elsewhere. */

import type { Header, InstanceEvent, InstanceState, LedgerEntry, Variables } from "~/api/types";

export type Wait = "work" | "timer" | "message" | "person";

/** One thing that lets a token go on: `name` is a topic, a person, a message or a signal. */
export interface Awaited {
  id: string;
  element: string;
  kind: string;
  name: string | null;
  due: string | null;
}

export interface Token {
  number: number;
  parent: number;
  /** The token whose called process this one lives in; 0 is the instance's own process. */
  process: number;
  element: string;
  kind: string;
  enteredAt: string;
  wait: Wait | null;
  /** What it waits for, and what may come at its boundary. */
  awaited: Awaited[];
  incident: boolean;
  /** It holds the iterations of a loop, which are shown instead of it. */
  body: boolean;
  /** The ledger entry that this token undoes. */
  undoes: number | null;
  /** What the engine last said about its work: a failure, the retries left. */
  note: string | null;
}

export interface ElementMark {
  entered: number;
  completed: number;
  cancelled: number;
  undone: number;
  last: "entered" | "completed" | "cancelled" | "undone" | "undoing" | "failed";
}

export interface ProcessView {
  token: number;
  definition: string | null;
  elements: Map<string, ElementMark>;
  flows: Map<string, number>;
  /** Not all that has happened has happened in this definition. */
  migrated?: boolean;
  /** Where the undoing was last: the next undoing token runs from here. */
  undoneAt: string | null;
}

export interface IncidentView {
  id: string;
  element: string;
  token: number | null;
  process: number;
  kind: string;
  message: string;
  at: string;
}

export interface View {
  position: number;
  at: string;
  state: InstanceState;
  reason: string | null;
  undoing: boolean;
  /** What the instance itself waits for, with no token at an element: the start events of its event subprocesses. */
  awaited: Awaited[];
  /** The token at which something has just arrived: what is cancelled inside it next, is interrupted by that. */
  reached: number | null;
  tokens: Map<number, Token>;
  homes: Map<number, number>;
  /** Definition by the token that is the called process. */
  called: Map<number, string>;
  /** Call activity by the token of the process that it called. */
  callers: Map<number, string>;
  processes: Map<number, ProcessView>;
  variables: Map<number, Variables>;
  ledger: Map<number, LedgerEntry>;
  incidents: Map<string, IncidentView>;
  undoTokens: Map<number, number>;
}

/** One movement to show: a token along a flow, or the undoing going from one activity back to another. */
export type Move =
  | { kind: "flow"; process: number; flow: string; position: number }
  | { kind: "undo"; process: number; from: string | null; element: string; handler: string | null; position: number };

export const emptyProcess = (token: number, definition: string | null = null): ProcessView => ({
  token,
  definition,
  elements: new Map(),
  flows: new Map(),
  undoneAt: null,
});

export function emptyView(definition: string | null = null): View {
  return {
    position: 0,
    at: "",
    state: "active",
    reason: null,
    undoing: false,
    awaited: [],
    reached: null,
    tokens: new Map(),
    homes: new Map([[0, 0]]),
    called: new Map(),
    callers: new Map(),
    processes: new Map([[0, emptyProcess(0, definition)]]),
    variables: new Map(),
    ledger: new Map(),
    incidents: new Map(),
    undoTokens: new Map(),
  };
}

/** The processes that an element has called, by their tokens, the earliest first. */
export const callsOf = (view: View, process: number, element: string): number[] =>
  [...view.callers]
    .filter(([token, caller]) => caller === element && view.homes.get(token) === process)
    .map(([token]) => token);

/** The called processes around a called process, the outermost first. */
export function callersOf(view: View, process: number): number[] {
  const caller = view.homes.get(process) ?? 0;
  return caller ? [...callersOf(view, caller), caller] : [];
}

/** What happened in a called process. */
export const eventsOf = (view: View, process: number, events: readonly InstanceEvent[]): InstanceEvent[] =>
  events.filter((it) => it.token === process || view.homes.get(it.token ?? 0) === process);

export function tokenLook(token: Token): "incident" | "undoing" | "waiting" | "active" {
  if (token.incident) return "incident";
  if (token.undoes !== null) return "undoing";
  return token.wait && token.wait !== "work" ? "waiting" : "active";
}

/** The tokens that people see: those of one process, without bodies of loops and without what is the engine's own (ids with $). */
export const tokensOf = (view: View, process: number): Token[] =>
  [...view.tokens.values()].filter(
    (it) => it.process === process && (!it.body || it.incident) && !it.element.startsWith("$"),
  );

export function tokensByElement(view: View, process: number): Map<string, Token[]> {
  const found = new Map<string, Token[]>();
  for (const token of tokensOf(view, process)) {
    const list = found.get(token.element);
    if (list) list.push(token);
    else found.set(token.element, [token]);
  }
  return found;
}

export function headerCounts(header: Pick<Header, "tokens">): [string, number][] {
  return Object.entries(header.tokens).sort(([a], [b]) => a.localeCompare(b));
}

/** What the view says of the instance's state: the same as its header, at any moment. */
export function statedOf(view: View): Pick<Header, "state" | "incidents" | "undoing" | "waiting" | "undone"> {
  const states = new Set([...view.ledger.values()].map((it) => it.state));
  const left = (["undoable", "kept", "undoing", "failed"] as const).some((it) => states.has(it));
  return {
    state: view.state,
    incidents: view.incidents.size,
    undoing: view.undoing,
    waiting: waitingFor(view),
    undone: view.state === "compensated" || (states.has("undone") && !left),
  };
}

/** As in the engine: a person before a message before a timer, and nothing while a worker or the engine has work. */
function waitingFor(view: View): Header["waiting"] {
  const awaited = [...view.awaited, ...[...view.tokens.values()].flatMap((it) => it.awaited)];
  const kinds = new Set(awaited.map((it) => kindOf(it.kind)));
  if (kinds.has("work")) return null;
  return (["person", "message", "timer"] as const).find((it) => kinds.has(it)) ?? null;
}

function kindOf(kind: string): "person" | "message" | "timer" | "work" {
  if (kind === "person" || kind === "timer") return kind;
  return kind === "message" || kind === "signal" || kind === "conditional" || kind === "trigger" ? "message" : "work";
}
