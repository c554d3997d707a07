/** Plays a counterexample on the canvas of the modeler, as tokens. */

import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import { svg, tokenDots } from "~/diagram/dots";
import type { Flow, Node } from "~/diagram/geometry";
import { Runner } from "~/diagram/runner";
import type { Token } from "~/live/view";
import type { Modeler } from "../modeler";
import { type FlowNode, type Frame, frames } from "./counterexample";

const LAYER_INDEX = 1500;
const STEP_MS = 760;

const token = (element: string): Token => ({
  number: 0,
  parent: 0,
  process: 0,
  element,
  kind: "",
  enteredAt: "",
  wait: null,
  awaited: [],
  incident: false,
  body: false,
  undoes: null,
  note: null,
});

export class CounterexamplePlayer {
  private runner: Runner | null = null;
  private timer = 0;
  private resting: SVGElement | null = null;
  private moving: SVGElement | null = null;

  constructor(private readonly modeler: Modeler) {}

  /** What is shown in the end stays until `stop`. */
  play(steps: readonly string[], stopAt: string): void {
    this.stop();
    const registry = this.modeler.get<ElementRegistry>("elementRegistry");
    const node = (id: string) => registry.get(id) as unknown as FlowNode | undefined;
    const flow = (id: string) => registry.get(id) as unknown as Flow | undefined;
    const found = frames(steps, stopAt, node, (id) => flow(id)?.target?.id);
    // Asked for each time: another diagram that is opened takes the layers of the one before away.
    const canvas = this.modeler.get<Canvas>("canvas");
    this.resting = canvas.getLayer("baton-counterexample", LAYER_INDEX);
    this.moving = canvas.getLayer("baton-counterexample-runs", LAYER_INDEX + 1);
    this.runner = new Runner(this.moving);
    this.showFrom(found, 0);
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.runner?.stop();
    this.runner = null;
    this.moving?.replaceChildren();
    this.resting?.replaceChildren();
  }

  private showFrom(all: Frame[], index: number): void {
    const frame = all[index];
    const before = all[index - 1]?.tokens ?? new Map<string, number>();
    if (!frame) return;
    const arrive = () => {
      this.rest(frame.tokens);
      this.timer = window.setTimeout(() => this.showFrom(all, index + 1), STEP_MS / 3);
    };
    this.rest(this.without(before, frame));
    const runs = frame.flows.map((id) => this.run(id));
    if (runs.some(Boolean)) this.timer = window.setTimeout(arrive, STEP_MS);
    else arrive();
  }

  /** The tokens that stay where they are while the others run. */
  private without(before: Map<string, number>, frame: Frame): Map<string, number> {
    return new Map([...before].filter(([id, count]) => (frame.tokens.get(id) ?? 0) >= count));
  }

  private run(id: string): boolean {
    const flow = this.modeler.get<ElementRegistry>("elementRegistry").get(id) as unknown as Flow | undefined;
    if (!flow?.waypoints || !flow.source || !flow.target || !this.runner) return false;
    const ends = { source: flow.source.id, target: flow.target.id };
    return this.runner.run({ points: flow.waypoints, look: "active", ...ends, onArrive: () => undefined }, 0);
  }

  private rest(tokens: Map<string, number>): void {
    const registry = this.modeler.get<ElementRegistry>("elementRegistry");
    const dots = [...tokens].flatMap(([id, count]) => {
      const box = registry.get(id) as unknown as Node | undefined;
      return box
        ? [
            tokenDots(
              box,
              Array.from({ length: count }, () => token(id)),
            ),
          ]
        : [];
    });
    this.resting?.replaceChildren(svg("g", { class: "counterexample" }, ...dots));
  }
}
