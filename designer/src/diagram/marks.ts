/** Which CSS classes the elements and flows of a diagram get. Pure. */

import { type ProcessView, tokenLook, tokensByElement, type View } from "~/live/view";

export interface InFlight {
  flows: ReadonlyMap<string, number>;
  elements: ReadonlyMap<string, number>;
}

const LAST: Record<string, string> = {
  completed: "mark-done",
  cancelled: "mark-cancelled",
  undone: "mark-undone",
  undoing: "mark-undoing",
  failed: "mark-incident",
};

/** What is still on its way is not shown as done: the token that runs there brings the colour with it. */
export function marksOf(
  view: View,
  process: ProcessView,
  inFlight: InFlight,
  sourceOf: (flow: string) => string,
): Map<string, string> {
  const marks = new Map<string, string>();
  for (const [flow, count] of process.flows) {
    // One of an earlier version with the same id may have led from elsewhere.
    if (process.migrated && !process.elements.get(sourceOf(flow))?.completed) continue;
    if (count > (inFlight.flows.get(flow) ?? 0)) marks.set(flow, "mark-taken");
  }
  for (const [id, element] of process.elements) {
    const mark = LAST[element.last];
    const arrived = element.entered > (inFlight.elements.get(id) ?? 0);
    if (mark && arrived) marks.set(id, mark);
  }
  for (const [id, tokens] of tokensByElement(view, process.token)) {
    const looks = tokens.map(tokenLook);
    const look = looks.find((it) => it === "incident") ?? looks.find((it) => it === "undoing") ?? looks[0] ?? "active";
    if (tokens.length > (inFlight.elements.get(id) ?? 0)) marks.set(id, `mark-${look}`);
  }
  for (const incident of view.incidents.values()) {
    if (incident.process === process.token && incident.element) marks.set(incident.element, "mark-incident");
  }
  return marks;
}
