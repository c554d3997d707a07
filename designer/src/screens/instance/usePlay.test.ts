import { expect, test } from "vitest";
import { following } from "./usePlay";

const event = (position: number, type: string) => ({ position, type, at: "", element: null, token: null, data: {} });

test("a step goes to the next event that changes the picture, with what lies between", () => {
  const events = [
    event(1, "InstanceStarted"),
    event(2, "VariablesChanged"),
    event(3, "FlowTaken"),
    event(4, "ElementEntered"),
  ];
  expect(following(events, 1)).toBe(4);
  expect(following(events, 4)).toBeNull();
});

test("a long history is played in longer steps", () => {
  const events = Array.from({ length: 1100 }, (_, index) => event(index + 1, "ElementEntered"));
  expect(following(events, 1)).toBe(15);
  expect(following(events, 1095)).toBeNull();
});
