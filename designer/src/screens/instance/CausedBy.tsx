import type { InstanceEvent } from "~/api/types";
import { may, useSession } from "~/frame/session";

/** The person or key behind the request that caused an event; nothing where Baton went on by itself. */
export function CausedBy({ event }: { event: InstanceEvent }) {
  const by = event.data.by ?? event.data.skippedBy;
  return typeof by === "string" ? <span title="Who caused it"> by {by}</span> : null;
}

/** Leads to what people and keys have ordered for an instance, for those who may see it. */
export function AuditLink({ instance }: { instance: string }) {
  if (!may(useSession(), "audit:read")) return null;
  return <a href={`/administration/audit?instance=${encodeURIComponent(instance)}`}>Who did what</a>;
}
