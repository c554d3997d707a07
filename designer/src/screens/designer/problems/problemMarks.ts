/** Shows problems on the canvas: an outline and a small sign at each element that has one. */

import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type Overlays from "diagram-js/lib/features/overlays/Overlays";
import type Selection from "diagram-js/lib/features/selection/Selection";
import type { Problem } from "~/api/types";
import type { Modeler } from "../modeler";
import { namedIn } from "./shapes";
import { sentence } from "./words";

interface Point {
  x: number;
  y: number;
}

interface Box extends Point {
  width: number;
  height: number;
}

interface Marked extends Partial<Box> {
  parent?: unknown;
  waypoints?: Point[];
  /** The activity that an event is attached to. */
  host?: Box | null;
}

const SIGN = 18;
const GAP = 4;

const isBelow = ({ y = 0, height = 0, host }: Marked) => Boolean(host && y + height / 2 > host.y + host.height / 2);

/**
 * Beside what it is about, never on it: outside the upper left corner of a shape, or the lower one where above it an
 * activity is, next to the longest stretch of a flow.
 */
export function placeOfSign(element: Marked): { left: number; top: number } {
  const { waypoints } = element;
  if (!waypoints?.length)
    return { left: -SIGN - GAP + 8, top: isBelow(element) ? (element.height ?? 0) - GAP : -SIGN - GAP + 4 };
  const [left, top] = [Math.min(...waypoints.map((it) => it.x)), Math.min(...waypoints.map((it) => it.y))];
  const stretches = waypoints.slice(1).map((to, index) => [waypoints[index] ?? to, to] as const);
  const length = ([a, b]: readonly [Point, Point]) => Math.hypot(b.x - a.x, b.y - a.y);
  const [a, b] = stretches.reduce((longest, it) => (length(it) > length(longest) ? it : longest));
  const flat = Math.abs(b.x - a.x) >= Math.abs(b.y - a.y);
  return {
    left: (a.x + b.x) / 2 - left + (flat ? -SIGN / 2 : GAP),
    top: (a.y + b.y) / 2 - top + (flat ? -SIGN - GAP : -SIGN / 2),
  };
}

const CLASSES = { error: "mark-problem", warning: "mark-warning" };

export class ProblemMarks {
  private marked: [id: string, mark: string][] = [];

  constructor(private readonly modeler: Modeler) {}

  show(problems: readonly Problem[]): void {
    this.clear();
    const byElement = new Map<string, Problem[]>();
    for (const problem of problems) {
      if (problem.element && !problem.resource)
        byElement.set(problem.element, [...(byElement.get(problem.element) ?? []), problem]);
    }
    for (const [id, list] of byElement) this.mark(id, list);
  }

  private mark(id: string, list: Problem[]): void {
    const element = this.modeler.get<ElementRegistry>("elementRegistry").get(id) as Marked | undefined;
    if (!element?.parent) return;
    const severity = list.some((it) => it.severity === "error") ? "error" : "warning";
    this.modeler.get<Canvas>("canvas").addMarker(id, CLASSES[severity]);
    this.marked.push([id, CLASSES[severity]]);
    const sign = document.createElement("div");
    sign.className = `problem-sign is-${severity}`;
    sign.textContent = list.length > 1 ? String(list.length) : "!";
    const named = namedIn(this.modeler);
    sign.title = list.map((it) => sentence(it, named)).join("\n");
    this.modeler.get<Overlays>("overlays").add(id, "problem", { position: placeOfSign(element), html: sign });
  }

  private clear(): void {
    const canvas = this.modeler.get<Canvas>("canvas");
    const registry = this.modeler.get<ElementRegistry>("elementRegistry");
    for (const [id, mark] of this.marked) if (registry.get(id)) canvas.removeMarker(id, mark);
    this.modeler.get<Overlays>("overlays").remove({ type: "problem" });
    this.marked = [];
  }
}

export function selectElement(modeler: Modeler, id: string): void {
  const element = modeler.get<ElementRegistry>("elementRegistry").get(id);
  if (!element) return;
  const canvas = modeler.get<Canvas>("canvas");
  const root = canvas.findRoot(element as never);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  modeler.get<Selection>("selection").select(element as never);
  canvas.scrollToElement(element as never, 120);
}
