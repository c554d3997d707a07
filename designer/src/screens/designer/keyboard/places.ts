/** Where an element goes that nobody places by mouse. Pure: boxes and points in the coordinates of the diagram. */

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

const EVENT = 36;
const APART = 20;
const ROW = 120;

const middle = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width + APART &&
  b.x < a.x + a.width + APART &&
  a.y < b.y + b.height + APART &&
  b.y < a.y + a.height + APART;

/** The middle of a free place for an element of this size: in the area's left part, as far down as what is there demands. */
export function freePlace(size: { width: number; height: number }, area: Box, taken: readonly Box[]): Point {
  const x = area.x + area.width / 4;
  const first = area.y + area.height / 3;
  for (let y = first; ; y += ROW) {
    const box = { x: x - size.width / 2, y: y - size.height / 2, ...size };
    if (!taken.some((it) => overlap(box, it))) return { x, y };
  }
}

/** Of an activity's border, in the order in which they are used; what undoes stands above, as its handler does. */
const BELOW = [0.75, 0.25];

/**
 * The point of an activity's border where an event has room beside those that are attached already.
 * On a border without room it is the first point: one can still move it.
 */
export function freeBorder(host: Box, attached: readonly Box[], undoes: boolean): Point {
  const along = (y: number) => BELOW.map((part) => ({ x: host.x + host.width * part, y }));
  const [below, above] = [along(host.y + host.height), along(host.y)];
  const points = undoes ? [...above, ...below] : [...below, ...above];
  const isFree = (point: Point) =>
    attached.every((it) => Math.hypot(middle(it).x - point.x, middle(it).y - point.y) >= EVENT);
  return points.find(isFree) ?? (points[0] as Point);
}
