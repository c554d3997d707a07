/** Spans by element, for the timeline as rows. Pure. */

import type { Span } from "./spans";

export interface Row {
  element: string;
  spans: Span[];
  /** All of it together, in milliseconds. */
  time: number;
}

/** One row for each element, in the order in which they were first come to. */
export function rowsOf(spans: readonly Span[]): Row[] {
  const rows = new Map<string, Row>();
  for (const span of spans) {
    const row = rows.get(span.element) ?? { element: span.element, spans: [], time: 0 };
    row.spans.push(span);
    row.time += span.endedAt - span.startedAt;
    rows.set(span.element, row);
  }
  return [...rows.values()];
}
