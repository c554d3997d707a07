/** What each type of event does to a view: one small function per type, in one table. Unknown types do nothing. */

import type { InstanceEvent, InstanceState, LedgerState, Variables } from "~/api/types";
import {
  type Awaited,
  type ElementMark,
  emptyProcess,
  type Move,
  type ProcessView,
  type Token,
  type View,
  type Wait,
} from "./view";

export interface Draft {
  view: View;
  moves: Move[];
}

type Reaction = (draft: Draft, event: InstanceEvent) => void;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const optional = (value: unknown): string | null => (typeof value === "string" ? value : null);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

export function processOf(view: View, parent: number): number {
  return view.called.has(parent) ? parent : (view.homes.get(parent) ?? 0);
}

export function processView(view: View, token: number): ProcessView {
  let process = view.processes.get(token);
  if (!process) {
    process = emptyProcess(token, view.called.get(token));
    view.processes.set(token, process);
  }
  return process;
}

function homeOf(view: View, event: InstanceEvent): ProcessView {
  return processView(view, view.homes.get(event.token ?? 0) ?? 0);
}

export function mark(process: ProcessView, element: string): ElementMark {
  let found = process.elements.get(element);
  if (!found) {
    found = { entered: 0, completed: 0, cancelled: 0, undone: 0, last: "entered" };
    process.elements.set(element, found);
  }
  return found;
}

const entered: Reaction = ({ view }, event) => {
  if (event.token === null) return;
  view.reached = null;
  const parent = number(event.data.parent) ?? 0;
  const process = processOf(view, parent);
  view.homes.set(event.token, process);
  // A token of the engine's own, which runs an undoing, is at no element.
  if (event.element === null) return;
  const calls = optional(event.data.called);
  if (calls) {
    view.called.set(event.token, calls);
    view.callers.set(event.token, view.tokens.get(parent)?.element ?? event.element);
  }
  view.tokens.set(event.token, {
    number: event.token,
    parent,
    process,
    element: event.element,
    kind: text(event.data.kind),
    enteredAt: event.at,
    wait: null,
    awaited: [],
    incident: false,
    body: event.data.body === true,
    undoes: view.undoTokens.get(event.token) ?? null,
    note: null,
  });
  const scope = view.tokens.get(parent);
  if (scope?.wait) view.tokens.set(parent, { ...scope, wait: null });
  const element = mark(processView(view, process), event.element);
  if (event.data.body !== true) element.entered += 1;
  element.last = "entered";
};

function left(how: "completed" | "cancelled"): Reaction {
  return ({ view }, event) => {
    const token = event.token === null ? undefined : view.tokens.get(event.token);
    const body = token?.body;
    // An event subprocess that interrupts ends all that its scope waits for.
    if (how === "cancelled" && token && token.parent === view.reached) changeAwaited(view, token.parent, () => []);
    if (event.token !== null) view.tokens.delete(event.token);
    if (event.element === null) return;
    const element = mark(homeOf(view, event), event.element);
    if (!body) element[how] += 1;
    element.last = how;
  };
}

const flowTaken: Reaction = ({ view, moves }, event) => {
  const flow = text(event.data.flow);
  const process = homeOf(view, event);
  process.flows.set(flow, (process.flows.get(flow) ?? 0) + 1);
  moves.push({ kind: "flow", process: process.token, flow, position: event.position });
};

const merged: Reaction = ({ view }, event) => {
  if (event.token !== null) view.tokens.delete(event.token);
};

const variablesChanged: Reaction = ({ view }, event) => {
  const scope = number(event.data.scope) ?? 0;
  const next = { ...view.variables.get(scope), ...(event.data.set as Variables | undefined) };
  for (const name of (event.data.removed as string[] | undefined) ?? []) delete next[name];
  view.variables.set(scope, next);
};

function change(view: View, event: InstanceEvent, parts: Partial<Token>): void {
  const token = event.token === null ? undefined : view.tokens.get(event.token);
  if (token) view.tokens.set(token.number, { ...token, ...parts });
}

/** Due moments travel as milliseconds in events. */
function awaitedOf(event: InstanceEvent, wait: Wait): Awaited {
  const { id, topic, assignee, name, kind, due } = event.data;
  const moment = number(due);
  return {
    id: text(id),
    element: event.element ?? "",
    kind: optional(kind) ?? wait,
    name: optional(topic) ?? optional(assignee) ?? optional(name),
    due: moment === null ? null : new Date(moment).toISOString(),
  };
}

/** The instance itself is token 0, at no element. */
const OF_THE_INSTANCE = 0;

function changeAwaited(view: View, token: number | null, change: (old: Awaited[]) => Awaited[]): void {
  if (token === OF_THE_INSTANCE) view.awaited = change(view.awaited);
  const found = token === null ? undefined : view.tokens.get(token);
  if (found) view.tokens.set(found.number, { ...found, awaited: change(found.awaited) });
}

/** A message, a signal, a condition: who is not interrupted by it goes on waiting for the next. */
const arrived: Reaction = ({ view }, event) => {
  view.reached = event.token;
};

const fired: Reaction = ({ view }, event) => {
  view.reached = event.token;
  changeAwaited(view, event.token, (old) => old.filter((it) => it.id !== event.data.id));
};

const personChanged: Reaction = ({ view }, event) => {
  const token = event.token === null ? undefined : view.tokens.get(event.token);
  if (!token || !("assignee" in event.data)) return;
  const name = optional(event.data.assignee);
  change(view, event, { awaited: token.awaited.map((it) => (it.id === event.data.id ? { ...it, name } : it)) });
};

const waits =
  (wait: Wait): Reaction =>
  ({ view }, event) => {
    const token = event.token === null ? undefined : view.tokens.get(event.token);
    const awaited = awaitedOf(event, wait);
    changeAwaited(view, event.token, (old) => [...old.filter((it) => it.id !== awaited.id), awaited]);
    // At an event-based gateway the token waits for the events behind it. But a timer or message of a boundary event also
    // bears its host's token, and the host does its own work: that work, told before or after, counts.
    const foreign = token && event.element !== null && event.element !== token.element;
    if (foreign && (token.wait !== null || (token.kind !== "" && token.kind !== "eventBasedGateway"))) return;
    change(view, event, { wait });
  };

const taskFailed: Reaction = ({ view }, event) => {
  const retries = number(event.data.retries);
  change(view, event, {
    note: `${text(event.data.message)}${retries === null ? "" : ` (${retries} retries left)`}`,
  });
};

/** The work itself is over; whether the token waits for anything else, or for an operator, is reported by other events. */
const workEnded: Reaction = ({ view }, event) => {
  changeAwaited(view, event.token, (old) => old.filter((it) => it.kind !== "work"));
};

const incidentOpened: Reaction = ({ view }, event) => {
  const id = text(event.data.id);
  view.incidents.set(id, {
    id,
    element: event.element ?? "",
    token: event.token,
    process: homeOf(view, event).token,
    kind: text(event.data.kind),
    message: text(event.data.message),
    at: event.at,
  });
  change(view, event, { incident: true });
};

const incidentResolved: Reaction = ({ view }, event) => {
  const incident = view.incidents.get(text(event.data.id));
  if (!incident) return;
  view.incidents.delete(incident.id);
  const still = [...view.incidents.values()].some((it) => it.token === incident.token);
  const token = incident.token === null ? undefined : view.tokens.get(incident.token);
  if (token) view.tokens.set(token.number, { ...token, incident: still });
  // A handler that had failed is at work again.
  const seq = view.undoTokens.get(incident.token ?? -1) ?? -1;
  if (view.ledger.get(seq)?.state === "failed") ledgerBecomes(view, seq, event, "undoing");
};

const recorded: Reaction = ({ view }, event) => {
  const seq = number(event.data.seq);
  if (seq === null || event.element === null) return;
  view.ledger.set(seq, {
    seq,
    element: event.element,
    token: event.token ?? 0,
    scope: 0,
    completedAt: event.at,
    definitionId: null,
    innerScope: null,
    undoneAt: null,
    undoneBy: null,
    handler: optional(event.data.handler),
    state: "undoable",
  });
};

function ledgerBecomes(view: View, seq: number, event: InstanceEvent, state: LedgerState): void {
  const entry = view.ledger.get(seq);
  if (!entry) return;
  const ended = state === "undone" || state === "skipped";
  view.ledger.set(entry.seq, {
    ...entry,
    state,
    ...(ended ? { undoneAt: event.at, undoneBy: optional(event.data.by) } : {}),
  });
  view.undoing = [...view.ledger.values()].some((it) => it.state === "undoing" || it.state === "failed");
  const element = mark(processView(view, view.homes.get(entry.token) ?? 0), entry.element);
  if (state === "undone") element.undone += 1;
  if (state === "undone" || state === "undoing" || state === "failed") element.last = state;
  else if (state === "skipped") element.last = "completed";
}

const undoStarted: Reaction = ({ view, moves }, event) => {
  const seq = number(event.data.seq);
  const entry = view.ledger.get(seq ?? -1);
  if (seq === null || !entry) return;
  if (event.token !== null) {
    view.undoTokens.set(event.token, seq);
    const token = view.tokens.get(event.token);
    if (token) view.tokens.set(token.number, { ...token, undoes: seq });
  }
  ledgerBecomes(view, seq, event, "undoing");
  const process = processView(view, view.homes.get(entry.token) ?? 0);
  moves.push({
    kind: "undo",
    process: process.token,
    from: process.undoneAt,
    element: entry.element,
    handler: entry.handler,
    position: event.position,
  });
  process.undoneAt = entry.element;
};

const becomes =
  (state: LedgerState): Reaction =>
  ({ view }, event) =>
    ledgerBecomes(view, number(event.data.seq) ?? -1, event, state);

const compensationStarted: Reaction = ({ view }, event) => {
  homeOf(view, event).undoneAt = event.element;
};

const instanceStarted: Reaction = ({ view }, event) => {
  const root = processView(view, 0);
  root.definition = optional(event.data.definition) ?? root.definition;
};

const instanceEnded: Reaction = ({ view }, event) => {
  view.state = (optional(event.data.state) as InstanceState | null) ?? "completed";
  view.reason = optional(event.data.reason);
  view.undoing = false;
  view.awaited = [];
  view.tokens.clear();
  view.incidents.clear();
  for (const entry of view.ledger.values())
    if (entry.state === "undoable") view.ledger.set(entry.seq, { ...entry, state: "kept" });
};

const stateBecomes =
  (state: InstanceState): Reaction =>
  ({ view }) => {
    view.state = state;
  };

/** Tokens are at elements of another version: what is known of them goes on there. */
const migrated: Reaction = ({ view }, event) => {
  const root = processView(view, 0);
  root.definition = optional(event.data.definition) ?? root.definition;
  root.migrated = true;
  for (const [key, element] of Object.entries((event.data.elements ?? {}) as Record<string, string>)) {
    const token = view.tokens.get(Number(key));
    if (!token) continue;
    const process = processView(view, token.process);
    if (!token.body) {
      mark(process, token.element).entered -= 1;
      mark(process, element).entered += 1;
    }
    view.tokens.set(token.number, { ...token, element });
  }
};

export const REACTIONS: Record<string, Reaction> = {
  InstanceStarted: instanceStarted,
  InstanceEnded: instanceEnded,
  InstanceSuspended: stateBecomes("suspended"),
  InstanceResumed: stateBecomes("active"),
  InstanceMigrated: migrated,
  ElementEntered: entered,
  ElementCompleted: left("completed"),
  ElementCancelled: left("cancelled"),
  FlowTaken: flowTaken,
  TokenMerged: merged,
  VariablesChanged: variablesChanged,
  ExternalTaskCreated: waits("work"),
  ExternalTaskCompleted: workEnded,
  ErrorThrown: workEnded,
  ExternalTaskFailed: taskFailed,
  UserTaskCreated: waits("person"),
  UserTaskChanged: personChanged,
  TimerSet: waits("timer"),
  TimerFired: fired,
  TimerCancelled: fired,
  Triggered: fired,
  MessageReceived: arrived,
  SignalReceived: arrived,
  ConditionMet: arrived,
  SubscriptionOpened: waits("message"),
  IncidentOpened: incidentOpened,
  IncidentResolved: incidentResolved,
  CompensationRecorded: recorded,
  CompensationStarted: compensationStarted,
  UndoStarted: undoStarted,
  UndoCompleted: becomes("undone"),
  UndoFailed: becomes("failed"),
  UndoSkipped: becomes("skipped"),
  UndoDiscarded: becomes("discarded"),
};
