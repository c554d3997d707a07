/** The list's filters: what stands in the address, and what the API is asked for. Pure. */

import type { InstanceFilter } from "~/api/instances";

export interface StateChoice {
  id: string;
  label: string;
  filter: InstanceFilter;
  /** Only a link leads to it: the filters show it when it is chosen. */
  linked?: true;
}

export const STATES: StateChoice[] = [
  { id: "", label: "All", filter: {} },
  { id: "open", label: "Not ended", filter: { state: "active,suspended" }, linked: true },
  { id: "running", label: "Running", filter: { state: "active,suspended", withIncident: false, waiting: false } },
  { id: "waiting", label: "Waiting", filter: { state: "active,suspended", withIncident: false, waiting: true } },
  { id: "incident", label: "Incidents", filter: { state: "active,suspended", withIncident: true } },
  { id: "completed", label: "Completed", filter: { state: "completed", undone: false } },
  { id: "undone", label: "Undone", filter: { state: "completed,compensated", undone: true } },
  { id: "ended", label: "Cancelled", filter: { state: "cancelled,terminated" } },
];

/** Filters beside state, definition and business key: each is a chip with the word it begins with. */
export const CHIPS = [
  { id: "version", label: "Version", hint: "a number, such as 2" },
  { id: "element", label: "Element", hint: "the id of an element with a token" },
  { id: "variable", label: "Variable", hint: "amount > 100, or name = Ada" },
  { id: "after", label: "Started after", hint: "2026-11-28 or 2026-11-28 14:00" },
  { id: "before", label: "Started before", hint: "2026-11-28 or 2026-11-28 14:00" },
  { id: "incident", label: "Incident text", hint: "part of its message" },
] as const;
export type ChipId = (typeof CHIPS)[number]["id"];

const OPERATORS: Record<string, string> = {
  "=": "eq",
  "!=": "neq",
  ">": "gt",
  ">=": "gteq",
  "<": "lt",
  "<=": "lteq",
  "~": "like",
};

/** `amount > 100` as the API writes it: `amount_gt_100`; undefined if it is no comparison. */
export function variableFilter(text: string): string | undefined {
  const found = /^\s*([^\s=!<>~_,]+)\s*(!=|>=|<=|=|>|<|~)\s*(.+?)\s*$/.exec(text);
  if (!found?.[1] || !found[2] || !found[3] || found[3].includes(",")) return undefined;
  const value = found[2] === "~" ? `%${found[3]}%` : found[3];
  return `${found[1]}_${OPERATORS[found[2]]}_${value}`;
}

/** A day or a minute, of the reader's own clock, as the API writes moments; undefined if it is none. */
export function moment(text: string): string | undefined {
  const found = /^\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?\s*$/.exec(text);
  if (!found) return undefined;
  const date = new Date(`${found[1]}T${found[2] ?? "00:00"}:00`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** What is wrong with a chip's text, said so that it can be put right; undefined if nothing is. */
export function fault(id: ChipId, text: string): string | undefined {
  if (!text.trim()) return "Write what to look for.";
  if (id === "version" && !/^\d+$/.test(text.trim())) return "Write a number, such as 2.";
  if (id === "variable" && !variableFilter(text)) return "Write name, operator and value: amount > 100.";
  if ((id === "after" || id === "before") && !moment(text))
    return "Write a day, such as 2026-11-28, or 2026-11-28 14:00.";
  return undefined;
}

const like = (text: string | null) => (text ? `%${text}%` : undefined);
const given = (text: string | null) => text || undefined;

/** The filter that the address describes. `definitionId`: the chosen version of the chosen definition. */
export function filterOf(query: URLSearchParams, definitionId?: string): InstanceFilter {
  const state = STATES.find((it) => it.id === (query.get("state") ?? ""));
  return {
    ...state?.filter,
    ...(definitionId
      ? { processDefinitionId: definitionId }
      : { processDefinitionKey: given(query.get("definition")) }),
    businessKeyLike: like(query.get("business")),
    activityId: given(query.get("element")),
    variables: variableFilter(query.get("variable") ?? ""),
    startedAfter: moment(query.get("after") ?? ""),
    startedBefore: moment(query.get("before") ?? ""),
    incidentMessageLike: like(query.get("incident")),
  };
}
