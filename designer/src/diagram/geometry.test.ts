import { describe, expect, it } from "vitest";
import { type Flow, keyframesOf, type Node, travelTime, undoPoints, wayBack } from "./geometry";

const node = (id: string, x: number): Node => ({
  id,
  x,
  y: 0,
  width: 10,
  height: 10,
  incoming: [],
  outgoing: [],
  host: null,
  attachers: [],
});

function connect(id: string, source: Node, target: Node): Flow {
  const flow = {
    id,
    waypoints: [
      { x: source.x + 10, y: 5 },
      { x: target.x, y: 5 },
    ],
    source,
    target,
  };
  source.outgoing.push(flow);
  target.incoming.push(flow);
  return flow;
}

/** reserve -> charge, with an error boundary on charge -> undo; reserve has a compensation handler. */
function diagram() {
  const [reserve, charge, boundary, undo, compensation, handler] = [
    node("reserve", 0),
    node("charge", 100),
    node("boundary", 100),
    node("undo", 200),
    node("compensation", 0),
    node("handler", 0),
  ];
  boundary.host = charge;
  compensation.host = reserve;
  reserve.attachers.push(compensation);
  connect("toCharge", reserve, charge);
  connect("toUndo", boundary, undo);
  connect("by", compensation, handler);
  return { reserve, charge, undo, handler };
}

describe("the way of the undoing", () => {
  it("goes against the arrows, through the host of a boundary event", () => {
    const { undo, reserve } = diagram();
    expect(wayBack(undo, reserve, new Set(["toCharge", "toUndo"]))?.map((it) => it.id)).toEqual(["toUndo", "toCharge"]);
  });

  it("uses only flows that were taken, and is straight where there is no way", () => {
    const { undo, reserve } = diagram();
    expect(wayBack(undo, reserve, new Set(["toUndo"]))).toBeNull();
    expect(undoPoints(undo, reserve, null, new Set())).toEqual([
      { x: 205, y: 5 },
      { x: 5, y: 5 },
    ]);
  });

  it("ends at the handler", () => {
    const { undo, reserve } = diagram();
    const points = undoPoints(undo, reserve, "handler", new Set(["toCharge", "toUndo"]));
    expect(points.slice(0, 2)).toEqual([
      { x: 200, y: 5 },
      { x: 110, y: 5 },
    ]);
    expect(points.at(-1)).toEqual({ x: 0, y: 5 });
  });

  it("does not run in circles", () => {
    const [a, b] = [node("a", 0), node("b", 50)];
    connect("forth", a, b);
    connect("back", b, a);
    expect(wayBack(a, node("elsewhere", 0), new Set(["forth", "back"]))).toBeNull();
  });
});

describe("a token's journey", () => {
  it("takes 250 to 600 ms", () => {
    expect(
      travelTime([
        { x: 0, y: 0 },
        { x: 10, y: 0 },
      ]),
    ).toBe(250);
    expect(
      travelTime([
        { x: 0, y: 0 },
        { x: 5000, y: 0 },
      ]),
    ).toBe(600);
  });

  it("is gone at one speed, whatever its corners", () => {
    const corners = [
      { x: 0, y: 0 },
      { x: 30, y: 0 },
      { x: 30, y: 10 },
    ];
    expect(keyframesOf(corners)).toEqual([
      { transform: "translate(0px, 0px)", offset: 0 },
      { transform: "translate(30px, 0px)", offset: 0.75 },
      { transform: "translate(30px, 10px)", offset: 1 },
    ]);
  });

  it("that leads nowhere is at its end where it began", () => {
    const still = { x: 5, y: 5 };
    expect(keyframesOf([still, still]).map((it) => it.offset)).toEqual([0, 1]);
  });
});
