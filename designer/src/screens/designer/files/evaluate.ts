/** Asks a decision that is not deployed: the engine simulates a process that has nothing but this question. */

import type { DraftFile } from "~/api/drafts";
import { ApiError } from "~/api/http";
import { simulate } from "~/api/simulation";
import type { Variables } from "~/api/types";
import { plainAll } from "~/forms/variables";
import { makeAsking } from "./blankDecision";

const PROCESS = "decision-test";
const RESULT = "decisionTestResult";

export type Answer = { rows: Record<string, unknown>[] } | { failed: string };

const toRow = (row: unknown): Record<string, unknown> =>
  typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Record<string, unknown>) : { result: row };

/** The rows that it answers, or why it cannot. Raises ApiError when nobody answers. */
export async function evaluateDecision(
  decision: string,
  files: readonly DraftFile[],
  variables: Variables,
): Promise<Answer> {
  try {
    const draft = { bpmn: makeAsking(decision, PROCESS, RESULT), processId: PROCESS, resources: [...files] };
    const answer = await simulate(draft, { command: { type: "start", variables } });
    const incident = answer.incidents[0];
    if (incident) return { failed: incident.incidentMessage ?? "The decision cannot be evaluated." };
    const result = plainAll(answer.variables["0"] ?? {})[RESULT];
    return { rows: Array.isArray(result) ? result.map(toRow) : [] };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    return { failed: error.problems.find((it) => it.severity === "error")?.message ?? error.message };
  }
}
