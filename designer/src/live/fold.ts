/** Events in, view out. Pure: the same events give the same view, in one go or one by one. */

import type { InstanceEvent, Snapshot } from "~/api/types";
import { mark, processView, REACTIONS } from "./reactions";
import { emptyView, type Move, type ProcessView, type View, type Wait } from "./view";

function copyProcess(process: ProcessView): ProcessView {
  const elements = new Map([...process.elements].map(([id, it]) => [id, { ...it }]));
  return { ...process, elements, flows: new Map(process.flows) };
}

function copy(view: View): View {
  return {
    ...view,
    tokens: new Map(view.tokens),
    homes: new Map(view.homes),
    called: new Map(view.called),
    callers: new Map(view.callers),
    processes: new Map([...view.processes].map(([token, it]) => [token, copyProcess(it)])),
    variables: new Map(view.variables),
    ledger: new Map(view.ledger),
    incidents: new Map(view.incidents),
    undoTokens: new Map(view.undoTokens),
  };
}

/** Applies the events that the view does not know yet; `view` itself stays as it was. */
export function apply(view: View, events: readonly InstanceEvent[]): { view: View; moves: Move[] } {
  const draft = { view: copy(view), moves: [] as Move[] };
  for (const event of events) {
    if (event.position <= draft.view.position) continue;
    REACTIONS[event.type]?.(draft, event);
    draft.view.position = event.position;
    draft.view.at = event.at;
  }
  return draft;
}

export function fold(events: readonly InstanceEvent[], upTo = Number.POSITIVE_INFINITY): View {
  const end = events.findIndex((it) => it.position > upTo);
  return apply(emptyView(), end < 0 ? events : events.slice(0, end)).view;
}

const TELLS_WAIT = /^(UserTaskCreated|TimerSet|SubscriptionOpened|ExternalTaskCreated)$/;

const WAITS: Record<string, Wait> = {
  userTask: "person",
  receiveTask: "message",
  intermediateCatchEvent: "message",
  eventBasedGateway: "message",
  serviceTask: "work",
};

/** A view without its history, for instances whose history is too long to fetch whole. */
export function fromSnapshot(snapshot: Snapshot): View {
  const view = emptyView(snapshot.header.definitionId);
  Object.assign(view, {
    position: snapshot.position,
    at: snapshot.at,
    state: snapshot.header.state,
    reason: snapshot.header.reason,
    undoing: snapshot.header.undoing,
    awaited: snapshot.awaited.filter((it) => it.token === 0),
  });
  const processByDefinition = new Map<string, number>([[snapshot.header.definitionId, 0]]);
  for (const row of snapshot.tokens) {
    const own = row.definitionId ?? snapshot.header.definitionId;
    const parent = row.parent ?? 0;
    if (!processByDefinition.has(own)) {
      processByDefinition.set(own, parent);
      view.called.set(parent, own);
    }
    const process = processByDefinition.get(own) ?? 0;
    view.homes.set(row.number, process);
    view.tokens.set(row.number, {
      number: row.number,
      parent,
      process,
      element: row.element,
      kind: row.kind ?? "",
      enteredAt: row.enteredAt ?? snapshot.at,
      wait: WAITS[row.kind ?? ""] ?? null,
      awaited: snapshot.awaited.filter((it) => it.token === row.number),
      body: snapshot.tokens.some((it) => it.parent === row.number && it.element === row.element),
      incident: snapshot.incidents.some((it) => it.activityId === row.element),
      undoes: row.undoes ?? null,
      note: null,
    });
  }
  // The kind of an element says only roughly what its token waits for; where the recent events tell, they are right.
  for (const event of snapshot.history.events) {
    if (TELLS_WAIT.test(event.type)) REACTIONS[event.type]?.({ view, moves: [] }, event);
  }
  const place = (id: string): [ProcessView, string] => {
    const at = id.lastIndexOf("/");
    return [processView(view, at < 0 ? 0 : (processByDefinition.get(id.slice(0, at)) ?? -1)), id.slice(at + 1)];
  };
  for (const [id, counts] of Object.entries(snapshot.elements)) {
    const [process, element] = place(id);
    const last = counts.completed ? "completed" : counts.cancelled ? "cancelled" : "entered";
    Object.assign(mark(process, element), counts, { last });
  }
  for (const [id, count] of Object.entries(snapshot.flows)) {
    const [process, flow] = place(id);
    process.flows.set(flow, count);
  }
  for (const [scope, variables] of Object.entries(snapshot.variables)) view.variables.set(Number(scope), variables);
  for (const entry of snapshot.ledger) {
    view.ledger.set(entry.seq, entry);
    if (entry.state === "undone") mark(processView(view, 0), entry.element).last = "undone";
  }
  for (const it of snapshot.incidents) {
    view.incidents.set(it.id, {
      id: it.id,
      element: it.activityId,
      token: null,
      process: 0,
      kind: it.incidentType,
      message: it.incidentMessage ?? "",
      at: it.incidentTimestamp,
    });
  }
  return view;
}
