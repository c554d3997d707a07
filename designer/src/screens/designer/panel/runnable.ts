/** What the panel offers: only what Baton runs. What a file brings beside that stays, and says so. Pure. */

export interface Option {
  value: string;
  label: string;
}

/** Ways of other engines to do work: their Java classes and beans. */
const FOREIGN = ["class", "delegateExpression"];

export function limitOptions(options: readonly Option[], chosen: unknown): Option[] {
  return options
    .filter((it) => !FOREIGN.includes(it.value) || it.value === chosen)
    .map((it) => (FOREIGN.includes(it.value) ? { ...it, label: `${it.label} (does not run in Baton)` } : it));
}

const WORK = "CamundaPlatform__Implementation";
export const CONDITION = "CamundaPlatform__Condition";

/** The groups in which a problem of a rule can be fixed. */
const GROUPS: Record<string, string[]> = {
  "external-topic": [WORK],
  "nothing-to-do": [WORK, "CamundaPlatform__Script", "message"],
  "java-code": [WORK, "CamundaPlatform__ExecutionListener", "CamundaPlatform__TaskListener"],
  "timeout-syntax": ["baton-worker"],
  "choice-without-condition": [CONDITION],
  "condition-placement": [CONDITION],
  "lonely-condition": [CONDITION],
  "expression-syntax": [CONDITION, WORK, "CamundaPlatform__UserAssignment"],
  "incomplete-event": ["timer", "message", "signal", "error", "escalation", CONDITION],
  "timer-definition": ["timer"],
  "timer-syntax": ["timer"],
  "unnamed-message": ["message"],
  "called-process": ["CamundaPlatform__CallActivity"],
  "not-deployed": ["CamundaPlatform__CallActivity", "CamundaPlatform__Form", WORK],
  "not-in-deployment": ["CamundaPlatform__CallActivity", "CamundaPlatform__Form", WORK],
  "collection-type": ["multiInstance"],
  "loop-definition": ["multiInstance"],
  "script-language": ["CamundaPlatform__Script"],
  "script-syntax": ["CamundaPlatform__Script"],
  "process-settings": ["CamundaPlatform__HistoryCleanup"],
};

/** Whether a group is shown open: a condition is what one looks for at a flow, and a problem is to be fixed. */
export const isOpen = (group: string, rules: readonly string[]): boolean =>
  group === CONDITION || rules.some((rule) => GROUPS[rule]?.includes(group));

/** Guesses at the variables of a process: the engine's own outline stands in its place. */
const GUESSED = "CamundaPlatform__ProcessVariables";

/** A group of what only Java has, with nothing in it; or what Baton shows better. */
export const isPointless = (group: { id: string; items?: readonly unknown[] }): boolean =>
  group.id === GUESSED || (group.id === "CamundaPlatform__FieldInjection" && !group.items?.length);
