/** What a map over the elements of a definition shows: a value for each, how strong it is, and in words. Pure. */

import type { DefinitionSample } from "~/api/types";
import { duration } from "~/ui/format";

export type HeatKind = "now" | "frequency" | "p50" | "p95";

export interface Heat {
  value: number;
  /** From 0 to 1. */
  strength: number;
  text: string;
}

type Element = DefinitionSample["elements"][number];

const VALUES: Record<Exclude<HeatKind, "now">, (it: Element) => number | null> = {
  frequency: (it) => it.entered,
  p50: (it) => it.p50,
  p95: (it) => it.p95,
};

/** So that what is weakest is still coloured. */
const WEAKEST = 0.15;

/**
 * Durations differ by orders of magnitude: there, each tenfold is a step, from the shortest to the longest. Where all are
 * of one order, all are strong.
 */
function strengthOf(kind: HeatKind, value: number, least: number, most: number): number {
  if (value <= 0) return 0;
  if (kind === "frequency") return value / most;
  const steps = Math.max(1, Math.log10(most / least));
  return 1 - (1 - WEAKEST) * (Math.log10(most / value) / steps);
}

export function heatOf(elements: readonly Element[], kind: HeatKind): Map<string, Heat> {
  if (kind === "now") return new Map();
  const values = elements.flatMap((it): [string, number][] => {
    const value = VALUES[kind](it);
    return value === null ? [] : [[it.id, value]];
  });
  const most = Math.max(0, ...values.map(([, value]) => value));
  const least = Math.min(most, ...values.flatMap(([, value]) => (value > 0 ? [value] : [])));
  return new Map(
    values.map(([id, value]) => [
      id,
      {
        value,
        strength: strengthOf(kind, value, least, most),
        text: kind === "frequency" ? value.toLocaleString("en") : duration(value),
      },
    ]),
  );
}
