import type { Conversion } from "~/api/types";

/**
 * Whether anything that a conversion would change comes from another engine. What is left out in the drawing, such as the
 * work of a task, is only unfinished: the checks say so beside it, and no dialog may lie over it.
 */
export function isForeign({ changed, topics, notes }: Pick<Conversion, "changed" | "topics" | "notes">): boolean {
  const unfinished = topics.filter((it) => Object.keys(it.origin).length === 0).flatMap((it) => it.elements);
  return changed && notes.some((it) => it.kind === "changed" && !unfinished.includes(it.element ?? ""));
}
