import type { Problem } from "~/api/types";

/** Problems by the line below which they are shown, from 1 on; those without a line that is there stand at the top. */
export function groupByLine(problems: readonly Problem[], lines: number): Map<number, Problem[]> {
  const found = new Map<number, Problem[]>();
  for (const problem of problems) {
    const line = problem.line && problem.line <= lines ? problem.line : 1;
    found.set(line, [...(found.get(line) ?? []), problem]);
  }
  return found;
}
