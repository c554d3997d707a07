/** Scenarios: what was done in a simulation, so that it can be done again. `docs/reference/scenarios.md` has the format. Pure. */

import type { InstanceEvent, InstanceState, Simulation, SimulationCommand } from "~/api/types";
import type { View } from "~/live/view";

export const FORMAT = "baton-scenario/1";

/** `wait` lets time pass: for a duration, or else until something is due. */
export type Wait = { type: "wait"; duration?: string };
export type ScenarioStep = SimulationCommand | Wait;

export interface Expectation {
  state?: InstanceState;
  endElement?: string;
  /** Elements with a token, in the end. */
  waitsAt?: string[];
  /** Activities that were undone, in this order. */
  undone?: string[];
}

export interface Scenario {
  format: typeof FORMAT;
  name: string;
  process: string;
  steps: ScenarioStep[];
  expect: Expectation;
}

export const isWait = (step: ScenarioStep): step is Wait => step.type === "wait";

/** What one run has come to, as the expectation of later runs. */
export function expectationOf(answer: Simulation, view: View, events: readonly InstanceEvent[]): Expectation {
  const { header } = answer;
  const undone = events
    .filter((it) => it.type === "UndoCompleted")
    .map((it) => view.ledger.get(Number(it.data.seq))?.element ?? "");
  const places = [...view.tokens.values()].filter(isPlace).map((it) => it.element);
  return {
    ...(header ? { state: header.state } : {}),
    ...(header?.endElement ? { endElement: header.endElement } : {}),
    ...(header?.state === "active" ? { waitsAt: [...new Set(places)].sort() } : {}),
    ...(undone.length ? { undone } : {}),
  };
}

const isPlace = (token: { body: boolean; element: string }) => !token.body && !token.element.startsWith("$");

/** What differs from what is expected, as a sentence; null when all is as expected. */
export function compare(expected: Expectation, found: Expectation): string | null {
  for (const name of ["state", "endElement", "waitsAt", "undone"] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && String(wanted) !== String(found[name] ?? ""))
      return `${WORDS[name]}: expected ${describe(wanted)}, but found ${describe(found[name])}`;
  }
  return null;
}

const WORDS = { state: "State", endElement: "Ended at", waitsAt: "Waits at", undone: "Undone" };

const describe = (it: string | string[] | undefined) =>
  it === undefined || !it.length ? "nothing" : typeof it === "string" ? it : it.join(", ");

/** Reads a file. Throws with what is wrong. */
export function parseScenario(text: string): Scenario {
  let found: Partial<Scenario>;
  try {
    found = JSON.parse(text) as Partial<Scenario>;
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`);
  }
  if (found.format !== FORMAT)
    throw new Error(
      `Expected a scenario with "format": "${FORMAT}", but found ${JSON.stringify(found.format ?? null)}.`,
    );
  if (typeof found.name !== "string" || typeof found.process !== "string" || !Array.isArray(found.steps))
    throw new Error('Expected a scenario with "name", "process" and "steps".');
  return { format: FORMAT, name: found.name, process: found.process, steps: found.steps, expect: found.expect ?? {} };
}

function slug(name: string): string {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  return (
    plain
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || "scenario"
  );
}

export const fileName = ({ process, name }: Pick<Scenario, "process" | "name">) =>
  `${process}.${slug(name)}.scenario.json`;

export const writeScenario = (scenario: Scenario) => `${JSON.stringify(scenario, null, 2)}\n`;

/** Scenarios as files beside a diagram of this process, whatever it was called when they were saved. */
export const toFiles = (scenarios: readonly Scenario[], process: string) =>
  scenarios.map((it) => ({ ...it, process })).map((it) => ({ name: fileName(it), content: writeScenario(it) }));

const ENDING = ".scenario.json";

export const fromFiles = (files: readonly { name: string; content: string }[]): Scenario[] =>
  files.filter((it) => it.name.endsWith(ENDING)).map((it) => parseScenario(it.content));

/** Scenarios of the same name are replaced. */
export const replaceScenarios = (all: readonly Scenario[], next: readonly Scenario[]): Scenario[] => [
  ...all.filter((it) => !next.some(({ name }) => name === it.name)),
  ...next,
];
