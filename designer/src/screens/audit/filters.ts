/** What the address says about which entries of the audit are shown. Pure. */

import type { AuditFilter } from "~/api/audit";
import type { AuditEntry } from "~/api/types";
import { readMoment } from "~/ui/moment/written";

export const SIZE = 50;

export const OUTCOMES = [
  { id: "ordered", label: "Ordered" },
  { id: "refused", label: "Refused" },
  { id: "failed", label: "Failed" },
] as const;

export const TEXTS = [
  { id: "who", label: "Who", hint: "Person or key" },
  { id: "what", label: "What", hint: "What: put_user" },
  { id: "target", label: "To what", hint: "To what: /user/anna" },
  { id: "instance", label: "Instance", hint: "Id of an instance" },
] as const;

export const MOMENTS = [
  { id: "after", label: "From" },
  { id: "before", label: "Until" },
] as const;

const NAMES = [...TEXTS, ...MOMENTS, { id: "outcome" }].map((it) => it.id);

export const isFiltered = (query: URLSearchParams) => NAMES.some((it) => query.get(it));

/** What the field of a moment holds is local time. Empty for what is no moment. */
function toMoment(text: string | null): string {
  return (
    readMoment(text ?? "")
      ?.toISOString()
      .replace("Z", "+0000") ?? ""
  );
}

export function toFilter(query: URLSearchParams): AuditFilter {
  return {
    actor: query.get("who") ?? "",
    action: query.get("what") ?? "",
    target: query.get("target") ?? "",
    outcome: query.get("outcome") ?? "",
    processInstanceId: query.get("instance") ?? "",
    after: toMoment(query.get("after")),
    before: toMoment(query.get("before")),
  };
}

const KINDS: Record<AuditEntry["actorKind"], string> = {
  person: "",
  key: "key",
  anybody: "anybody",
  process: "Baton",
};

/** Who it was: a person is named as such, everything else says what it is. */
export const actorOf = ({ actor, actorKind }: AuditEntry) => [KINDS[actorKind], actor].filter(Boolean).join(" ");
