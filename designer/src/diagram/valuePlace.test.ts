import { expect, it } from "vitest";
import type { Flow } from "./geometry";
import { type Part, placeValue } from "./valuePlace";

function part(id: string, x: number, y: number, width: number, height: number, more: Partial<Part> = {}): Part {
  return { id, x, y, width, height, incoming: [], outgoing: [], host: null, attachers: [], ...more };
}

const task = (more: Partial<Part> = {}) => part("task", 0, 0, 100, 80, more);
const event = (x: number, y: number, more: Partial<Part> = {}) => part("event", x - 18, y - 18, 36, 36, more);

const flow = (...points: [number, number][]): Flow => ({
  id: "flow",
  waypoints: points.map(([x, y]) => ({ x, y })),
  source: null,
  target: null,
});

it("stands in the lower right corner of an activity, or left where a boundary event is", () => {
  expect(placeValue(task(), "11")).toEqual({ x: 95, y: 75 });
  expect(placeValue(task({ attachers: [event(90, 80)] }), "11")).toEqual({ x: 18, y: 75 });
});

it("stands outside of an activity where a boundary event or a sign leaves no room", () => {
  const limited = task({ attachers: [event(50, 80, { outgoing: [flow([50, 98], [50, 200])] })] });
  expect(placeValue(limited, "820 ms")).toEqual({ x: 30, y: 91 });
  expect(placeValue(task({ businessObject: { isForCompensation: true } }), "820 ms")).toEqual({ x: 95, y: 91 });
});

it("stands left above an event, beside a flow that comes from above, or below where its name is above", () => {
  expect(placeValue(event(50, 50, { incoming: [flow([50, 0], [50, 32])] }), "11")).toEqual({ x: 44, y: 29 });
  expect(placeValue(event(50, 50, { labels: [part("name", 20, 10, 60, 20)] }), "11")).toEqual({ x: 44, y: 79 });
});

it("lies not on the activity that its boundary event sits on", () => {
  expect(placeValue(event(50, 80, { host: task() }), "11")).toEqual({ x: 44, y: 109 });
});
