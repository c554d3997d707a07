/** One diagram that shows one process of a view: marks, tokens at rest, tokens on their way. */

import type { Move, Token, View } from "~/live/view";
import { emptyProcess, tokensByElement } from "~/live/view";
import { corner, planCorners, tokenDots } from "./dots";
import type { Flow, Node } from "./geometry";
import { undoPoints } from "./geometry";
import { marksOf } from "./marks";
import type { PlanMark } from "./plan";
import { Runner } from "./runner";
import { busOf, canvasOf, registryOf, type Viewer } from "./viewer";

const LAYER_INDEX = 1500;
/** Below this zoom tokens no longer shrink with the diagram, up to this factor. */
const SEEN_AT = 0.85;
const LARGEST = 2.5;

/** What looks as before stays as it is, and is not painted again. */
function replaceChanged(layer: SVGElement, groups: SVGElement[]): void {
  for (const old of [...layer.children]) {
    const same = groups.findIndex((it) => it.isEqualNode(old));
    if (same < 0) old.remove();
    else groups.splice(same, 1);
  }
  layer.append(...groups);
}

function count(map: Map<string, number>, key: string, by: number): void {
  const next = (map.get(key) ?? 0) + by;
  if (next > 0) map.set(key, next);
  else map.delete(key);
}

export class LiveDiagram {
  private readonly resting: SVGElement;
  private readonly runner: Runner;
  private readonly flying = {
    flows: new Map<string, number>(),
    elements: new Map<string, number>(),
    undoing: new Map<string, number>(),
  };
  private applied: ReadonlyMap<string, string> = new Map();
  private view: View | null = null;
  private plan: readonly PlanMark[] = [];
  private breakpoints: ReadonlySet<string> = new Set();
  private coverage: ReadonlyMap<string, string> | null = null;
  private drawn = 0;
  /** Flows that light up in the next picture. */
  private readonly lit: SVGElement[] = [];

  constructor(
    private readonly viewer: Viewer,
    private readonly process: number,
  ) {
    const canvas = canvasOf(viewer);
    this.resting = canvas.getLayer("baton-tokens", LAYER_INDEX);
    this.runner = new Runner(canvas.getLayer("baton-runs", LAYER_INDEX + 1));
    busOf(viewer).on("root.set", () => this.draw());
    busOf(viewer).on("canvas.viewbox.changed", () => this.scaleTokens());
    this.scaleTokens();
  }

  /** In a diagram zoomed out a token stays large enough to be seen. */
  private scaleTokens(): void {
    const canvas = canvasOf(this.viewer);
    const scale = Math.min(Math.max(SEEN_AT / canvas.zoom(), 1), LARGEST);
    canvas.getContainer().style.setProperty("--token-scale", scale.toFixed(2));
  }

  show(view: View, moves: readonly Move[]): void {
    this.view = view;
    let order = 0;
    for (const move of moves) {
      if (move.process === this.process && this.start(move, order)) order += 1;
    }
    this.runner.pulse(this.lit.splice(0));
    this.draw();
  }

  /** What would be undone, in order, and where tokens would end and begin. */
  showPlan(plan: readonly PlanMark[]): void {
    this.plan = plan;
    this.draw();
  }

  showBreakpoints(breakpoints: ReadonlySet<string>): void {
    this.breakpoints = breakpoints;
    this.draw();
  }

  /** Marks by element instead of those of the view, as long as there are any. */
  showCoverage(coverage: ReadonlyMap<string, string> | null): void {
    this.coverage = coverage;
    this.draw();
  }

  destroy(): void {
    cancelAnimationFrame(this.drawn);
    this.runner.stop();
  }

  private node(id: string | null): Node | null {
    return id === null ? null : ((registryOf(this.viewer).get(id) as unknown as Node | undefined) ?? null);
  }

  /** Null in another plane than the one that is open. */
  private findVisible(id: string): Node | null {
    const element = this.node(id);
    const canvas = canvasOf(this.viewer);
    return element && canvas.findRoot(element as never) === canvas.getRootElement() ? element : null;
  }

  private start(move: Move, order: number): boolean {
    return move.kind === "flow" ? this.startFlow(move.flow, order) : this.startUndo(move, order);
  }

  private startFlow(id: string, order: number): boolean {
    const flow = this.findVisible(id) as unknown as Flow | null;
    if (!flow?.waypoints || !flow.source || !flow.target) return false;
    const target = flow.target.id;
    const arrive = () => {
      count(this.flying.flows, id, -1);
      count(this.flying.elements, target, -1);
      this.drawSoon();
    };
    const moved = this.runner.run(
      { points: flow.waypoints, look: "active", source: flow.source.id, target, onArrive: arrive },
      order,
    );
    if (!moved) return this.light(id);
    count(this.flying.flows, id, 1);
    count(this.flying.elements, target, 1);
    return true;
  }

  private startUndo(move: Extract<Move, { kind: "undo" }>, order: number): boolean {
    const activity = this.findVisible(move.element);
    if (!activity || !this.view) return false;
    const taken = new Set(this.view.processes.get(this.process)?.flows.keys());
    const points = undoPoints(this.node(move.from), activity, move.handler, taken);
    const target = move.handler ?? move.element;
    const arrive = () => {
      count(this.flying.undoing, target, -1);
      this.drawSoon();
    };
    const moved = this.runner.run(
      { points, look: "undoing", source: move.from ?? "", target, onArrive: arrive },
      order,
    );
    // The handler lights up at once, it works already: only its dot is still on its way.
    if (moved) count(this.flying.undoing, target, 1);
    return moved;
  }

  private light(id: string): false {
    const graphics = canvasOf(this.viewer).getGraphics(id) as SVGElement | undefined;
    const path = graphics?.querySelector<SVGElement>(".djs-visual > path");
    if (path) this.lit.push(path);
    return false;
  }

  private drawSoon(): void {
    cancelAnimationFrame(this.drawn);
    this.drawn = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    if (!this.view) return;
    // Before it was called a process has done nothing.
    const process = this.view.processes.get(this.process) ?? emptyProcess(this.process);
    const sourceOf = (id: string) => (this.node(id) as unknown as Flow | null)?.source?.id ?? "";
    this.syncMarks(this.coverage ?? marksOf(this.view, process, this.flying, sourceOf));
    const groups: SVGElement[] = [];
    for (const [id, tokens] of tokensByElement(this.view, this.process)) groups.push(...this.dots(id, tokens));
    for (const [id, mark] of process.elements) {
      // Of most there is nothing to say, and where they are need not be looked up.
      if (mark.last !== "undone" && mark.completed < 2) continue;
      const box = this.findVisible(id);
      if (!box) continue;
      if (mark.last === "undone") groups.push(corner(box, "undone", "↶"));
      if (mark.completed > 1) groups.push(corner(box, "times", `×${mark.completed}`));
    }
    for (const id of this.breakpoints) {
      const box = this.findVisible(id);
      if (box) groups.push(corner(box, "breakpoint", ""));
    }
    for (const id of new Set(this.plan.map((it) => it.element))) {
      const box = this.findVisible(id);
      const marks = this.plan.filter((it) => it.element === id);
      if (box) groups.push(...planCorners(box, marks));
    }
    replaceChanged(this.resting, groups);
  }

  private dots(id: string, tokens: readonly Token[]): SVGElement[] {
    const box = this.findVisible(id);
    const here = tokens.slice((this.flying.elements.get(id) ?? 0) + (this.flying.undoing.get(id) ?? 0));
    return box && here.length ? [tokenDots(box, here)] : [];
  }

  /** Touches only what changed: a marker costs little, a thousand of them do not. */
  private syncMarks(next: ReadonlyMap<string, string>): void {
    const canvas = canvasOf(this.viewer);
    const registry = registryOf(this.viewer);
    for (const [id, mark] of this.applied) {
      if (next.get(id) !== mark && registry.get(id)) canvas.removeMarker(id, mark);
    }
    for (const [id, mark] of next) {
      if (this.applied.get(id) !== mark && registry.get(id)) canvas.addMarker(id, mark);
    }
    this.applied = next;
  }
}
