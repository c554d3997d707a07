/** The outline of variables: by element for one that is selected, by variable for the whole process. Pure. */

import type { VariableUse } from "~/api/types";

/** What the engine calls the parts of an element, in words. */
const PLACES: Record<string, string> = {
  inputs: "input",
  outputs: "output",
  call: "called process",
  data: "data",
  assignee: "assignee",
  result: "result",
  values: "mapping",
};

export const placeOf = (use: VariableUse): string => PLACES[use.place] ?? use.place.replaceAll("_", " ");

export interface ElementOutline {
  reads: { name: string; places: string[] }[];
  writes: { name: string; places: string[] }[];
}

function collect(uses: readonly VariableUse[], access: VariableUse["access"]): { name: string; places: string[] }[] {
  const found = new Map<string, string[]>();
  for (const use of uses)
    if (use.access === access) found.set(use.name, [...new Set([...(found.get(use.name) ?? []), placeOf(use)])]);
  return [...found].map(([name, places]) => ({ name, places }));
}

export function outlineOf(uses: readonly VariableUse[], element: string): ElementOutline {
  const own = uses.filter((it) => it.element === element);
  return { reads: collect(own, "read"), writes: collect(own, "write") };
}

export interface VariableOutline {
  name: string;
  /** Who only reads it, who only writes it, and who does both, such as a form. */
  readBy: string[];
  writtenBy: string[];
  usedBy: string[];
}

/** Each variable with the elements that read and write it. */
export function outlineByVariable(uses: readonly VariableUse[]): VariableOutline[] {
  const names = [...new Set(uses.map((it) => it.name))].sort((a, b) => a.localeCompare(b));
  return names.map((name) => {
    const own = uses.filter((it) => it.name === name);
    const by = (access: VariableUse["access"]) => [
      ...new Set(own.filter((it) => it.access === access).map((it) => it.element)),
    ];
    const [reads, writes] = [by("read"), by("write")];
    return {
      name,
      readBy: reads.filter((it) => !writes.includes(it)),
      writtenBy: writes.filter((it) => !reads.includes(it)),
      usedBy: reads.filter((it) => writes.includes(it)),
    };
  });
}
