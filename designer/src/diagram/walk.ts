/** From element to element along the flows, by keyboard: onward, back, to the next branch. Pure. */

export interface Place {
  id: string;
  type: string;
  outgoing?: { target?: Place | null }[];
  incoming?: { source?: Place | null }[];
  /** Boundary events of an activity, and the activity of a boundary event. */
  attachers?: Place[];
  host?: Place | null;
}

export type Step = "onward" | "back" | "branch";

const present = (it: Place | null | undefined): it is Place => Boolean(it);

const after = (place: Place): Place[] => [
  ...(place.outgoing ?? []).map((it) => it.target).filter(present),
  ...(place.attachers ?? []),
];

const before = (place: Place): Place[] => [
  ...(place.incoming ?? []).map((it) => it.source).filter(present),
  ...(place.host ? [place.host] : []),
];

/** Where a step leads from a place; from nowhere to the first start event. Undefined: it leads nowhere. */
export function walk(places: readonly Place[], from: Place | undefined, step: Step): Place | undefined {
  if (!from) return places.find((it) => it.type === "bpmn:StartEvent") ?? places[0];
  if (step === "onward") return after(from)[0];
  if (step === "back") return before(from)[0];
  const [source] = before(from);
  if (!source) return undefined;
  const branches = after(source);
  return branches[(branches.indexOf(from) + 1) % branches.length];
}
