/** A plan as a table: one row for each element at which a token may rest. Pure. */

import type { ElementStatistics, MigrationChoice, MigrationPlan, MigrationPlanReport } from "~/api/types";

export interface Row {
  from: string;
  /** Null: it is mapped to nothing. */
  to: string | null;
  /** What it can become. */
  targets: readonly string[];
  /** Why it is mapped to nothing, or cannot become what was chosen. */
  wrong: string | null;
  /** Tokens that are there now, of all instances of the version. */
  tokens: number;
}

/** Where tokens are comes first, of these what is mapped to nothing. */
export function rowsOf(
  plan: MigrationPlan,
  choices: readonly MigrationChoice[],
  report: MigrationPlanReport,
  now: readonly ElementStatistics[],
): Row[] {
  const mapped = new Map(plan.instructions.map((it) => [it.sourceActivityIds[0] ?? "", it.targetActivityIds[0] ?? ""]));
  const faults = new Map(
    report.instructionReports.map((it) => [it.instruction.sourceActivityIds[0], it.failures.join("; ")]),
  );
  const tokens = new Map(now.map((it) => [it.id, it.instances]));
  const rows = choices.map(({ activityId, targetActivityIds, failures }) => {
    const to = mapped.get(activityId) ?? null;
    return {
      from: activityId,
      to,
      targets: to && !targetActivityIds.includes(to) ? [to, ...targetActivityIds] : targetActivityIds,
      wrong: faults.get(activityId) ?? (to ? null : (failures[0] ?? null)),
      tokens: tokens.get(activityId) ?? 0,
    };
  });
  const rank = (it: Row) => (it.tokens ? (it.to ? 1 : 0) : it.to ? 3 : 2);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** The plan with an element mapped otherwise, or to nothing. */
export function mapTo(plan: MigrationPlan, from: string, to: string | null): MigrationPlan {
  const others = plan.instructions.filter((it) => it.sourceActivityIds[0] !== from);
  const own = to ? [{ sourceActivityIds: [from], targetActivityIds: [to], updateEventTrigger: false }] : [];
  return { ...plan, instructions: [...others, ...own] };
}

/** Elements with tokens that would stand nowhere: their instances cannot be migrated. */
export const strayOf = (rows: readonly Row[]): Row[] => rows.filter((it) => it.tokens > 0 && !it.to);
