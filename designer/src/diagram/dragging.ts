/** Tokens dragged from element to element: the diagram only says where one was dropped. */

import { svg } from "./dots";
import type { Box, Point } from "./geometry";
import { canvasOf, registryOf, type Viewer } from "./viewer";

export interface Drop {
  token: number;
  to: string;
}

interface Handlers {
  /** A token was pressed and not dragged. */
  select: (element: string) => void;
  drop: (drop: Drop) => void;
}

/** Where a token can be put: what it would begin with is an activity, a gateway or an event of its own. */
export const isStartable = (type: string): boolean =>
  /(Task|SubProcess|CallActivity|Transaction|Gateway|Event)$/.test(type) && !/BoundaryEvent$/.test(type);

const NEAR = 4;

interface Shape extends Box {
  id: string;
  type: string;
  waypoints?: unknown;
  labelTarget?: unknown;
}

const holds = (box: Box, { x, y }: Point) =>
  x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

/** The innermost element at a point. */
export function findElement(shapes: readonly Shape[], point: Point): Shape | undefined {
  return shapes
    .filter((it) => !it.waypoints && !it.labelTarget && isStartable(it.type) && holds(it, point))
    .sort((a, b) => a.width * a.height - b.width * b.height)[0];
}

function pointOf(viewer: Viewer, event: PointerEvent): Point {
  const { x, y, scale } = canvasOf(viewer).viewbox();
  const frame = canvasOf(viewer).getContainer().getBoundingClientRect();
  return { x: x + (event.clientX - frame.left) / scale, y: y + (event.clientY - frame.top) / scale };
}

function shapesOf(viewer: Viewer): Shape[] {
  const canvas = canvasOf(viewer);
  const here = canvas.getRootElement();
  return registryOf(viewer).filter((it) => canvas.findRoot(it as never) === here) as unknown as Shape[];
}

/** The ghost of a token under the pointer, and the element that would take it. */
class Drag {
  private readonly ghost = svg("g", { class: "token is-dragged" }, svg("circle", { class: "token-body", r: 9 }));
  private target: string | null = null;

  constructor(private readonly viewer: Viewer) {
    canvasOf(viewer).getLayer("baton-runs", 1501).append(this.ghost);
  }

  move(event: PointerEvent): void {
    const point = pointOf(this.viewer, event);
    this.ghost.setAttribute("transform", `translate(${point.x} ${point.y})`);
    this.aim(findElement(shapesOf(this.viewer), point)?.id ?? null);
  }

  private aim(id: string | null): void {
    if (id === this.target) return;
    const canvas = canvasOf(this.viewer);
    if (this.target) canvas.removeMarker(this.target, "move-target");
    if (id) canvas.addMarker(id, "move-target");
    this.target = id;
  }

  end(): string | null {
    const { target } = this;
    this.aim(null);
    this.ghost.remove();
    return target;
  }
}

/** Answers how to stop it. */
export function enableDragging(viewer: Viewer, handlers: Handlers): () => void {
  const container = canvasOf(viewer).getContainer();
  const press = (event: PointerEvent): void => {
    const dot = (event.target as HTMLElement | null)?.closest<SVGElement>(".token[data-token]");
    if (!dot || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const [token, element] = [Number(dot.dataset.token), dot.dataset.element ?? ""];
    let drag: Drag | null = null;
    const move = (it: PointerEvent): void => {
      if (!drag && Math.hypot(it.clientX - event.clientX, it.clientY - event.clientY) > NEAR) drag = new Drag(viewer);
      drag?.move(it);
    };
    const stop = (): string | null => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", release);
      window.removeEventListener("pointercancel", stop);
      window.removeEventListener("keydown", giveUp, true);
      return drag?.end() ?? null;
    };
    const release = (): void => {
      const to = stop();
      if (!drag) handlers.select(element);
      else if (to && to !== element) handlers.drop({ token, to });
    };
    const giveUp = (it: KeyboardEvent): void => {
      if (it.key !== "Escape") return;
      it.stopPropagation();
      stop();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", stop);
    window.addEventListener("keydown", giveUp, true);
  };
  // The canvas would begin to pan with the mouse button that holds a token.
  const hold = (event: Event): void => {
    if ((event.target as HTMLElement | null)?.closest(".token[data-token]")) event.stopPropagation();
  };
  container.classList.add("can-move");
  container.addEventListener("pointerdown", press, true);
  container.addEventListener("mousedown", hold, true);
  return () => {
    container.classList.remove("can-move");
    container.removeEventListener("pointerdown", press, true);
    container.removeEventListener("mousedown", hold, true);
  };
}
