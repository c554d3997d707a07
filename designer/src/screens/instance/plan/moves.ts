/** Moving tokens by hand: the steps that somebody has put together, and what they would lead to. Pure. */

import type { Instruction } from "~/api/operations";
import type { InstanceEvent, InstanceState } from "~/api/types";
import type { PlanMark } from "~/diagram/plan";
import { apply } from "~/live/fold";
import { type Token, tokensOf, type View } from "~/live/view";

/** `token` ends, and one begins before or after `to`. Without a token one is added; without `to` it only ends. */
export interface Step {
  token: number | null;
  to: string | null;
  place: "before" | "after";
}

/** All ends come before all beginnings: a scope that a token leaves and enters again stays open. */
export function toInstructions(instance: string, steps: readonly Step[]): Instruction[] {
  const ends = steps.filter((it) => it.token !== null);
  const begins = steps.filter((it) => it.to !== null);
  return [
    ...ends.map((it): Instruction => ({ type: "cancel", activityInstanceId: `${instance}.${it.token}` })),
    ...begins.map(
      ({ to, place }): Instruction => ({
        type: place === "before" ? "startBeforeActivity" : "startAfterActivity",
        activityId: to ?? "",
      }),
    ),
  ];
}

export interface Outcome {
  stops: Token[];
  starts: Token[];
  /** Elements that are passed on the way, in order. */
  passes: string[];
  undoes: string[];
  ends: InstanceState | null;
}

const FINAL = ["completed", "terminated", "cancelled", "compensated"];

/** What the previewed events change of a view. */
export function outcomeOf(view: View, events: readonly InstanceEvent[], state: InstanceState): Outcome {
  const { view: after } = apply(view, events);
  const before = tokensOf(view, 0);
  const left = events.filter((it) => it.type === "ElementCompleted" && it.element && !it.element.startsWith("$"));
  return {
    stops: before.filter((it) => !after.tokens.has(it.number)),
    starts: tokensOf(after, 0).filter((it) => !view.tokens.has(it.number)),
    passes: [...new Set(left.map((it) => it.element ?? ""))],
    undoes: events.filter((it) => it.type === "UndoStarted").map((it) => it.element ?? ""),
    ends: FINAL.includes(state) ? state : null,
  };
}

/** Where tokens end, begin, and what is undone, for the diagram. */
export function marksOf({ stops, starts, undoes }: Pick<Outcome, "stops" | "starts" | "undoes">): PlanMark[] {
  const at = (tokens: readonly Token[]) => [...new Set(tokens.map((it) => it.element))];
  return [
    ...at(stops).map((element): PlanMark => ({ element, kind: "stop", text: "×" })),
    ...undoes.map((element, index): PlanMark => ({ element, kind: "undo", text: String(index + 1) })),
    ...at(starts).map((element): PlanMark => ({ element, kind: "start", text: "+" })),
  ];
}
