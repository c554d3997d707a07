/** Where the value of an element stands beside its drawing, so that it lies on nothing of it. Pure. */

import { isSmall } from "./dots";
import type { Box, Flow, Node, Point } from "./geometry";

export interface Part extends Node {
  /** Names that stand outside. */
  labels?: Box[];
  collapsed?: boolean;
  businessObject?: { loopCharacteristics?: unknown; isForCompensation?: boolean };
}

/** Of a text of 11 px: the height, what of it is above its line, and what a letter takes on average. */
const HIGH = 11;
const RISE = 9;
const LETTER = 6.5;
const GAP = 5;
/** From the line of a flow to the side of its arrow. */
const ARROW = 6;
/** What is drawn at the foot of an activity that is repeated, collapsed, or undoes. */
const SIGNS = { width: 24, height: 20 };

const touches = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** With room for the arrow. */
const between = (a: Point, b: Point): Box => ({
  x: Math.min(a.x, b.x) - ARROW,
  y: Math.min(a.y, b.y) - ARROW,
  width: Math.abs(a.x - b.x) + 2 * ARROW,
  height: Math.abs(a.y - b.y) + 2 * ARROW,
});

const linesOf = ({ waypoints }: Flow) => waypoints.slice(1).map((end, index) => between(waypoints[index] ?? end, end));

function signsOf({ businessObject: it, collapsed, x, y, width, height }: Part): Box[] {
  if (!collapsed && !it?.loopCharacteristics && !it?.isForCompensation) return [];
  return [{ ...SIGNS, x: x + (width - SIGNS.width) / 2, y: y + height - SIGNS.height }];
}

/** What is drawn at an element: names, flows, the activity that a boundary event sits on and the other way round. */
function drawnAt(part: Part): Box[] {
  const attached = part.attachers as Part[];
  return [
    ...(part.host ? [part.host] : []),
    ...attached,
    ...signsOf(part),
    ...[part, ...attached].flatMap((it) => [
      ...(it.labels ?? []),
      ...[...it.incoming, ...it.outgoing].flatMap(linesOf),
    ]),
  ];
}

/** Above an event or a gateway, else below; left of its middle, where flows come and go, else right. */
function besideMiddle({ x, y, width, height }: Part, wide: number): Point[] {
  const [left, right] = [x + width / 2 - ARROW, x + width / 2 + ARROW + wide];
  return [y - 3, y + height + HIGH].flatMap((at) => [
    { x: left, y: at },
    { x: right, y: at },
  ]);
}

/** In a lower corner of an activity, else below it, else above, beside its boundary events. */
function atCorners({ x, y, width, height, attachers }: Part, wide: number): Point[] {
  const [left, right] = [x + GAP + wide, x + width - GAP];
  const beside = Math.min(left, ...attachers.map((it) => it.x - 2));
  const inside = y + height - GAP;
  const outside = [y + height + HIGH, y - 3].flatMap((at) => [
    { x: right, y: at },
    { x: beside, y: at },
  ]);
  return [{ x: right, y: inside }, { x: left, y: inside }, ...outside];
}

/** The right end of the line that a text stands on. */
export function placeValue(part: Part, text: string): Point {
  const wide = text.length * LETTER;
  const drawn = drawnAt(part);
  const places = isSmall(part) ? besideMiddle(part, wide) : atCorners(part, wide);
  const isFree = ({ x, y }: Point) =>
    !drawn.some((it) => touches({ x: x - wide, y: y - RISE, width: wide, height: HIGH }, it));
  return places.find(isFree) ?? (places[0] as Point);
}
