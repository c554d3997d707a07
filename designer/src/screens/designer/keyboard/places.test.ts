import { expect, it } from "vitest";
import { freeBorder, freePlace } from "./places";

const AREA = { x: 0, y: 0, width: 800, height: 600 };
const EVENT = { width: 36, height: 36 };
const HOST = { x: 100, y: 100, width: 100, height: 80 };

const around = ({ x, y }: { x: number; y: number }) => ({ x: x - 18, y: y - 18, ...EVENT });

it("puts the first element into the left part of what is seen", () => {
  expect(freePlace(EVENT, AREA, [])).toEqual({ x: 200, y: 200 });
});

it("goes down until nothing is in the way", () => {
  const first = around(freePlace(EVENT, AREA, []));
  expect(freePlace(EVENT, AREA, [first])).toEqual({ x: 200, y: 320 });
});

it("attaches events side by side, and those that undo above", () => {
  const first = freeBorder(HOST, [], false);
  const second = freeBorder(HOST, [around(first)], false);
  expect([first, second]).toEqual([
    { x: 175, y: 180 },
    { x: 125, y: 180 },
  ]);
  expect(freeBorder(HOST, [around(first), around(second)], true)).toEqual({ x: 175, y: 100 });
});

it("uses the first point of a border that has no room", () => {
  const everywhere = [0.25, 0.75].flatMap((part) =>
    [100, 180].map((y) => around({ x: HOST.x + HOST.width * part, y })),
  );
  expect(freeBorder(HOST, everywhere, false)).toEqual({ x: 175, y: 180 });
});
