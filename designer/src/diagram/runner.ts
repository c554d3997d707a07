/** Runs dots along paths with the Web Animations API, keeps them in order, and gives up moving when events come too fast. */

import { svg } from "./dots";
import { keyframesOf, type Point, travelTime } from "./geometry";

const STAGGER_MS = 60;
const TOO_MANY_PER_SECOND = 20;
const TOO_LATE_MS = 2500;
const PULSE_MS = 500;

export interface Run {
  points: Point[];
  look: "active" | "undoing";
  /** Element that the dot leaves, and the one at which it arrives: runs through the same element follow one another. */
  source: string;
  target: string;
  onArrive: () => void;
}

export class Runner {
  private readonly arrivals = new Map<string, number>();
  private recent: number[] = [];
  private readonly running = new Set<Animation>();
  private readonly reduced = window.matchMedia("(prefers-reduced-motion: reduce)");
  private stopped = false;

  constructor(private readonly layer: SVGElement) {}

  /** False when nothing moved: the caller shows the change of state at once. */
  run(run: Run, order: number): boolean {
    const now = performance.now();
    this.recent = this.recent.filter((it) => it > now - 1000);
    this.recent.push(now);
    const start = Math.max(now + order * STAGGER_MS, this.arrivals.get(run.source) ?? 0);
    if (this.reduced.matches || document.hidden || run.points.length < 2) return false;
    if (this.recent.length > TOO_MANY_PER_SECOND || start - now > TOO_LATE_MS) return false;
    const time = travelTime(run.points);
    this.arrivals.set(run.target, start + time);
    this.move(run, start - now, time);
    return true;
  }

  /**
   * Lights up flows for a moment, as one: the compositor moves each by itself. Above them: whether a flow was taken sets its own
   * stroke, which no animation overrides.
   */
  pulse(paths: readonly SVGElement[]): void {
    if (!paths.length || this.reduced.matches || document.hidden) return;
    const light = svg("g", { class: "pulse" }, ...paths.map((it) => it.cloneNode()));
    this.layer.append(light);
    light.animate({ opacity: [1, 0] }, PULSE_MS).onfinish = () => light.remove();
  }

  stop(): void {
    this.stopped = true;
    for (const animation of this.running) animation.cancel();
  }

  private move(run: Run, delay: number, duration: number): void {
    const face = svg("g", { class: "token-face" }, svg("circle", { class: "token-body", r: 7 }));
    const dot = svg("g", { class: `token runs is-${run.look}` }, face);
    this.layer.append(dot);
    // Transforms are moved by the compositor; along a path of motion the diagram would be painted again for each picture.
    const animation = dot.animate(keyframesOf(run.points), {
      delay,
      duration,
      easing: "cubic-bezier(0.45, 0, 0.4, 1)",
      fill: "both",
    });
    this.running.add(animation);
    const end = () => {
      this.running.delete(animation);
      dot.remove();
      if (!this.stopped) run.onArrive();
    };
    animation.onfinish = end;
    animation.oncancel = end;
  }
}
