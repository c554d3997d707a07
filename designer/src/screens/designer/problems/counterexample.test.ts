import { describe, expect, it } from "vitest";
import { type FlowNode, frames } from "./counterexample";

const FLOWS: [id: string, from: string, to: string][] = [
  ["f1", "s", "g"],
  ["f2", "g", "a"],
  ["f3", "g", "b"],
  ["f4", "a", "j"],
  ["f5", "b", "j"],
];
const TYPES: Record<string, string> = { g: "bpmn:ExclusiveGateway", j: "bpmn:ParallelGateway" };
const flows = (index: 1 | 2, id: string) =>
  FLOWS.filter((it) => it[index] === id).map(([flow]) => ({ id: flow, type: "bpmn:SequenceFlow" }));
const node = (id: string): FlowNode => ({
  id,
  type: TYPES[id] ?? "bpmn:Task",
  incoming: flows(2, id),
  outgoing: flows(1, id),
});
const target = (flow: string) => FLOWS.find(([id]) => id === flow)?.[2];

describe("a counterexample", () => {
  it("runs tokens along the flows that it names and leaves them where they wait forever", () => {
    const found = frames(["'s'", "'g' takes f2", "'a'"], "j", node, target);
    expect(found.map((it) => it.flows)).toEqual([["f1"], ["f2"], ["f4"]]);
    expect([...(found.at(-1)?.tokens ?? [])]).toEqual([["j", 1]]);
  });

  it("lets tokens meet where it stops, and skips what would come after", () => {
    const found = frames(["'s'", "'g' takes f2, f3", "'a'", "'j'", "'b'", "'j'"], "j", node, target);
    expect([...(found.at(-1)?.tokens ?? [])]).toEqual([["j", 2]]);
  });

  it("of words that it does not know shows what it knows", () => {
    expect(frames(["something else", "'s'"], "j", node, target)).toHaveLength(1);
  });
});
