import { expect, it } from "vitest";
import type { Problem } from "~/api/types";
import { groupByLine } from "./xmlLines";

const problem = (message: string, line: number | null) => ({ message, line, severity: "error" }) as Problem;

it("shows problems at their lines, and at the top what has none that is there", () => {
  const [a, b, c, d] = [problem("a", 3), problem("b", null), problem("c", 3), problem("d", 99)];
  expect([...groupByLine([a, b, c, d], 10)]).toEqual([
    [3, [a, c]],
    [1, [b, d]],
  ]);
});
