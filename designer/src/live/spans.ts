/** How long tokens were at elements, for the timeline: bars by event and by time. Pure. */

import type { InstanceEvent } from "~/api/types";

export type SpanLook = "active" | "waiting" | "incident" | "done" | "cancelled" | "undoing" | "undone";

export interface Span {
  token: number;
  element: string;
  /** Positions of the events that begin and end it; an open one ends at the last event. */
  from: number;
  to: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  open: boolean;
  look: SpanLook;
}

const ENDS: Partial<Record<string, SpanLook>> = {
  ElementCompleted: "done",
  ElementCancelled: "cancelled",
  TokenMerged: "done",
};

const WAITS = /^(UserTaskCreated|SubscriptionOpened|TimerSet)$/;

class Collector {
  readonly spans: Span[] = [];
  private readonly open = new Map<number, Span>();
  private readonly last = new Map<number, Span>();
  /** Tokens that undo, and the token whose work a ledger entry tells of. */
  private readonly undoing = new Set<number>();
  private readonly busy = new Set<Span>();
  private readonly entries = new Map<unknown, number>();

  take(event: InstanceEvent): void {
    const { type, token } = event;
    const end = ENDS[type];
    if (type === "ElementEntered") this.begin(event);
    else if (token !== null && end) this.end(token, event, end);
    else if (type === "InstanceEnded") for (const open of [...this.open.keys()]) this.end(open, event, "cancelled");
    else if (type === "CompensationRecorded") this.entries.set(event.data.seq, token ?? -1);
    else if (type === "UndoStarted" && token !== null) this.undo(token);
    else if (type === "UndoCompleted") this.colour(this.entries.get(event.data.seq) ?? -1, "undone");
    else if (type === "IncidentOpened") this.colour(token ?? -1, "incident");
    else if (type === "IncidentResolved") this.colour(token ?? -1, "active");
    else if (WAITS.test(type)) this.wait(token);
    else if (type === "ExternalTaskCreated") this.work(token);
  }

  private begin(event: InstanceEvent): void {
    const { token, element, data } = event;
    if (token === null || element === null || data.body === true || element.startsWith("$")) return;
    const at = Date.parse(event.at);
    const look = this.undoing.has(token) ? "undoing" : "active";
    const { position } = event;
    const span = { token, element, from: position, to: position, startedAt: at, endedAt: at, open: true, look } as Span;
    this.work(data.parent);
    this.spans.push(span);
    this.open.set(token, span);
    this.last.set(token, span);
  }

  private end(token: number, event: InstanceEvent, look: SpanLook): void {
    const span = this.open.get(token);
    if (!span) return;
    this.open.delete(token);
    const undid = span.look === "undoing" && look === "done";
    Object.assign(span, { to: event.position, endedAt: Date.parse(event.at), open: false });
    if (!undid) span.look = look;
  }

  private undo(token: number): void {
    this.undoing.add(token);
    this.colour(token, "undoing");
  }

  private colour(token: number, look: SpanLook): void {
    const span = this.last.get(token);
    if (span && (span.open || look === "undone")) span.look = look;
  }

  /** An event-based gateway waits for what is behind it: of other elements than its own. */
  private wait(token: number | null): void {
    const span = this.open.get(token ?? -1);
    if (span?.look === "active" && !this.busy.has(span)) span.look = "waiting";
  }

  /** What works, itself or inside, does not wait, even if a boundary event does. */
  private work(token: unknown): void {
    const span = this.open.get(Number(token));
    if (!span) return;
    this.busy.add(span);
    if (span.look === "waiting") span.look = "active";
  }

  close(event: InstanceEvent): void {
    for (const span of this.open.values()) Object.assign(span, { to: event.position, endedAt: Date.parse(event.at) });
  }
}

export function spansOf(events: readonly InstanceEvent[]): Span[] {
  const collector = new Collector();
  for (const event of events) collector.take(event);
  const last = events.at(-1);
  if (last) collector.close(last);
  return collector.spans;
}

/** The lane of each span, so that no two in a lane are at once; what finds none goes into the last. */
export function packLanes(spans: readonly Span[], lanes: number): number[] {
  const ends = Array.from({ length: lanes }, () => 0);
  return spans.map((span) => {
    const free = ends.findIndex((it) => it <= span.from);
    const lane = free < 0 ? lanes - 1 : free;
    ends[lane] = Math.max(ends[lane] ?? 0, span.to);
    return lane;
  });
}

/** One SVG path for each look: thousands of bars are a handful of elements. `bar` answers x, end of x, and y. */
export function pathsOf(
  spans: readonly Span[],
  bar: (span: Span, index: number) => [number, number, number],
): Map<SpanLook, string> {
  const paths = new Map<SpanLook, string>();
  for (const [index, span] of spans.entries()) {
    const [x, end, y] = bar(span, index);
    paths.set(span.look, `${paths.get(span.look) ?? ""}M${x} ${y}H${end}`);
  }
  return paths;
}
