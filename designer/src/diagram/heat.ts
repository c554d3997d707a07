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

/** Durations differ by orders of magnitude: there, each tenfold is a step. */
function strengthOf(kind: HeatKind, value: number, most: number): number {
  if (most <= 0) return 0;
  return kind === "frequency" ? value / most : Math.log1p(value) / Math.log1p(most);
}

export function heatOf(elements: readonly Element[], kind: HeatKind): Map<string, Heat> {
  if (kind === "now") return new Map();
  const values = elements.flatMap((it): [string, number][] => {
    const value = VALUES[kind](it);
    return value === null ? [] : [[it.id, value]];
  });
  const most = Math.max(0, ...values.map(([, value]) => value));
  return new Map(
    values.map(([id, value]) => [
      id,
      {
        value,
        strength: strengthOf(kind, value, most),
        text: kind === "frequency" ? value.toLocaleString("en") : duration(value),
      },
    ]),
  );
}
