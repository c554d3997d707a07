/** A simulated run as the list of what was asked and answered: going back is leaving out the last. Pure but for `ask`. */

import { type Draft, type SimulationRequest, simulate } from "~/api/simulation";
import type { InstanceEvent, Simulation } from "~/api/types";
import { apply } from "~/live/fold";
import { emptyView, type Move, type View } from "~/live/view";
import { isWait, type ScenarioStep } from "./scenario";

export interface Tick {
  /** Null when it only went on. */
  step: ScenarioStep | null;
  /** It was done while tokens could still go on: running through its steps again would not come by here. */
  midway: boolean;
  answer: Simulation;
  view: View;
  moves: Move[];
}

export type Run = readonly Tick[];

export const EVERYWHERE = "*";
const MOST_REQUESTS = 50;

export const viewOf = (run: Run): View => run.at(-1)?.view ?? emptyView();
export const eventsOf = (run: Run): InstanceEvent[] => run.flatMap((it) => it.answer.events);
export const stepsOf = (run: Run): ScenarioStep[] => run.flatMap((it) => (it.step ? [it.step] : []));

/** What a step means to the server, after what was answered last. */
function requestOf(step: ScenarioStep | null, last: Simulation | undefined): SimulationRequest {
  if (!step) return {};
  if (!isWait(step)) return { command: step };
  const now = step.duration === undefined ? last?.nextDue : addDuration(last?.now ?? null, step.duration);
  if (!now) throw new Error("Nothing is due that time could pass to.");
  return { now };
}

const PARTS = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Weeks to seconds: a scenario waits for hours or days, never for a month of unknown length. */
export function addDuration(moment: string | null, duration: string): string {
  const found = PARTS.exec(duration);
  if (!found || /[PT]$/.test(duration))
    throw new Error(`Expected a duration such as PT1H or P14D, but found ${duration}.`);
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((it) => Number(it ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return new Date(Date.parse(moment ?? "") + Math.round(ms)).toISOString().replace("Z", "+0000");
}

export async function ask(
  draft: Draft,
  run: Run,
  step: ScenarioStep | null,
  more: SimulationRequest = {},
): Promise<Tick> {
  const last = run.at(-1);
  const answer = await simulate(draft, {
    ...(last ? { state: last.answer.state } : {}),
    ...requestOf(step, last?.answer),
    ...more,
  });
  const midway = step !== null && Boolean(last?.answer.more);
  return { step, midway, answer, ...apply(viewOf(run), answer.events) };
}

/** One step after the other, each until everything waits. */
export async function playThrough(draft: Draft, steps: readonly ScenarioStep[]): Promise<Run> {
  const run: Tick[] = [];
  for (const step of steps) {
    run.push(await ask(draft, run, step));
    for (let count = 0; run.at(-1)?.answer.more && count < MOST_REQUESTS; count += 1)
      run.push(await ask(draft, run, null));
  }
  return run;
}

/** Elements entered and flows taken in the draft's own process. */
export function passed(run: Run): Set<string> {
  const own = viewOf(run).processes.get(0);
  return new Set([...(own?.elements.keys() ?? []), ...(own?.flows.keys() ?? [])]);
}
