import { describe, expect, it } from "vitest";
import { type Place, walk } from "./walk";

const place = (id: string, type = "bpmn:Task"): Place => ({ id, type, outgoing: [], incoming: [], attachers: [] });
const connect = (source: Place, target: Place) => {
  source.outgoing?.push({ target });
  target.incoming?.push({ source });
};

const [start, fork, left, right, late] = [
  place("Start", "bpmn:StartEvent"),
  place("Fork", "bpmn:ExclusiveGateway"),
  place("Left"),
  place("Right"),
  place("Late", "bpmn:BoundaryEvent"),
];
connect(start, fork);
connect(fork, left);
connect(fork, right);
left.attachers?.push(late);
late.host = left;
const places = [right, start, fork, left, late];

describe("walk", () => {
  it("begins at the start event and goes along the flows and back", () => {
    expect(walk(places, undefined, "onward")).toBe(start);
    expect(walk(places, start, "onward")).toBe(fork);
    expect(walk(places, left, "back")).toBe(fork);
  });

  it("goes from branch to branch and round", () => {
    expect(walk(places, left, "branch")).toBe(right);
    expect(walk(places, right, "branch")).toBe(left);
  });

  it("goes to a boundary event and back to its activity", () => {
    expect(walk(places, left, "onward")).toBe(late);
    expect(walk(places, late, "back")).toBe(left);
  });

  it("leads nowhere at the ends", () => {
    expect(walk(places, right, "onward")).toBeUndefined();
    expect(walk(places, start, "back")).toBeUndefined();
    expect(walk(places, start, "branch")).toBeUndefined();
  });
});
