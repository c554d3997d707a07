/** Points, paths and ways through a diagram. Pure. */

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

export interface Flow {
  id: string;
  waypoints: Point[];
  source: Node | null;
  target: Node | null;
}

export interface Node extends Box {
  id: string;
  incoming: Flow[];
  outgoing: Flow[];
  host: Node | null;
  attachers: Node[];
}

export const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

export function length(points: readonly Point[]): number {
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1];
    const b = points[i];
    if (a && b) sum += Math.hypot(b.x - a.x, b.y - a.y);
  }
  return sum;
}

/** The way as keyframes: each point when the part of the way that leads to it is behind, so that the speed is even. */
export const keyframesOf = (points: readonly Point[]): Keyframe[] =>
  points.map(({ x, y }, i) => ({
    transform: `translate(${x}px, ${y}px)`,
    offset: i + 1 < points.length ? length(points.slice(0, i + 1)) / (length(points) || 1) : 1,
  }));

/** 250 to 600 ms by the length of the way; the way back over many flows takes no longer, or it would lag behind the work. */
export const travelTime = (points: readonly Point[]): number => Math.min(Math.max(length(points) * 1.8, 250), 600);

/** The flows from `from` back to `to`, nearest first, along flows that were taken; null if there is no such way. */
export function wayBack(from: Node, to: Node, taken: ReadonlySet<string>): Flow[] | null {
  const seen = new Set([from.id]);
  let frontier: { node: Node; way: Flow[] }[] = [{ node: from, way: [] }];
  while (frontier.length) {
    const next: typeof frontier = [];
    for (const { node, way } of frontier) {
      if (node.id === to.id) return way;
      const steps = node.incoming
        .filter((it) => taken.has(it.id))
        .map((flow) => ({ node: flow.source, way: [...way, flow] }));
      if (node.host) steps.push({ node: node.host, way });
      for (const step of steps) {
        if (!step.node || seen.has(step.node.id)) continue;
        seen.add(step.node.id);
        next.push({ node: step.node, way: step.way });
      }
    }
    frontier = next;
  }
  return null;
}

function toHandler(activity: Node, handler: string | null): Point[] {
  for (const boundary of activity.attachers) {
    const association = boundary.outgoing.find((it) => it.target?.id === handler);
    if (association) return [centre(boundary), ...association.waypoints];
  }
  return [];
}

/** Against the arrows from where the undoing was to the activity that is undone, then out to its handler. */
export function undoPoints(
  from: Node | null,
  activity: Node,
  handler: string | null,
  taken: ReadonlySet<string>,
): Point[] {
  const way = from ? wayBack(from, activity, taken) : null;
  const back = way
    ? way.flatMap((flow) => [...flow.waypoints].reverse())
    : from
      ? [centre(from), centre(activity)]
      : [centre(activity)];
  return [...back, ...toHandler(activity, handler)];
}
