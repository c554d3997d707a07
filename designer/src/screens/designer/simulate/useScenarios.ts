import { useState } from "preact/hooks";
import type { Draft } from "~/api/simulation";
import { eventsOf, passed, playThrough, viewOf } from "./run";
import { compare, expectationOf, type Scenario } from "./scenario";

export interface Outcome {
  /** What differs from the expectation, or why it could not be played; null: all as expected. */
  wrong: string | null;
  passed: ReadonlySet<string>;
}

export interface Scenarios {
  all: readonly Scenario[];
  save: (scenario: Scenario) => void;
  remove: (name: string) => void;
}

async function play(draft: Draft, scenario: Scenario): Promise<Outcome> {
  try {
    const run = await playThrough(draft, scenario.steps);
    const last = run.at(-1);
    if (!last) return { wrong: "It has no steps.", passed: new Set() };
    return {
      wrong: compare(scenario.expect, expectationOf(last.answer, viewOf(run), eventsOf(run))),
      passed: passed(run),
    };
  } catch (error) {
    return { wrong: (error as Error).message, passed: new Set() };
  }
}

export interface Outcomes {
  byName: ReadonlyMap<string, Outcome>;
  running: boolean;
  run: (scenarios: readonly Scenario[]) => Promise<void>;
  clear: () => void;
}

/** Plays scenarios and keeps what came of each. */
export function useOutcomes(draft: Draft): Outcomes {
  const [byName, setByName] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [running, setRunning] = useState(false);
  const run = async (scenarios: readonly Scenario[]) => {
    setRunning(true);
    const found = new Map<string, Outcome>();
    for (const scenario of scenarios) {
      found.set(scenario.name, await play(draft, scenario));
      setByName(new Map(found));
    }
    setRunning(false);
  };
  return { byName, running, run, clear: () => setByName(new Map()) };
}

/** Of the elements that can be drawn, those that any scenario has passed and those that none has. */
export function coverageOf(
  outcomes: ReadonlyMap<string, Outcome>,
  elements: readonly string[],
): ReadonlyMap<string, string> | null {
  if (!outcomes.size) return null;
  const reached = new Set([...outcomes.values()].flatMap((it) => [...it.passed]));
  return new Map(elements.map((it) => [it, reached.has(it) ? "mark-covered" : "mark-missed"]));
}
