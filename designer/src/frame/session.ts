/** Who has signed in, for the whole frame. A server that lets everybody in knows nobody, and says so. */

import { useEffect, useState } from "preact/hooks";

/** Where permissions hold, or do not; null: everywhere. */
export interface Area {
  allows: boolean;
  permissions: string[];
  processDefinitionKeys: string[] | null;
  tenantIds: (string | null)[] | null;
}

/** Whose thing it is. Without a tenant: that of a definition which all tenants share. */
export interface Whose {
  key: string;
  tenantId?: string | null | undefined;
}

export interface Me {
  kind: "anybody" | "person" | "key";
  id: string;
  groups: string[];
  roles: string[];
  permissions: string[];
  /** The first that fits decides; none: everywhere. */
  areas: Area[];
}

/** `asking`: not known yet. `out`: the server requires a sign-in. */
export type Session = "asking" | "out" | Me;

const listeners = new Set<() => void>();
let session: Session = "asking";

export function setSession(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

/** What the server says of the caller now: rights that were given or taken away meanwhile, or another person. */
export function renewSession(next: Me): void {
  if (session !== "out" && JSON.stringify(next) !== JSON.stringify(session)) setSession(next);
}

/** The server has refused a request because nobody has signed in (any more). */
export function noteSignedOut(): void {
  if (session !== "out") setSession("out");
}

export const whoseIs = (it: { definitionKey: string; tenantId: string | null }): Whose => ({
  key: it.definitionKey,
  tenantId: it.tenantId,
});

const has = (given: readonly string[], permission: string) => given.includes("*") || given.includes(permission);

const covers = ({ processDefinitionKeys, tenantIds }: Area, { key, tenantId }: Whose) =>
  (processDefinitionKeys?.includes(key) ?? true) && (tenantId === undefined || (tenantIds?.includes(tenantId) ?? true));

/** Whether somebody may do something, as far as it is known: anywhere, or with a thing of a process and tenant. */
export function may(who: Session, permission: string, whose?: Whose): boolean {
  if (who === "asking" || who === "out") return true;
  if (!whose || !who.areas.length) return has(who.permissions, permission);
  return who.areas.find((it) => has(it.permissions, permission) && covers(it, whose))?.allows ?? false;
}

/** Why somebody may not do something; null for what they may. */
export function whyNot(who: Session, permission: string, whose?: Whose): string | null {
  if (may(who, permission, whose)) return null;
  const where = whose && may(who, permission) ? ` for the process ${whose.key}` : "";
  return `This needs the permission ${permission}${where}, which you do not have. An administrator can give it to you.`;
}

export function useSession(): Session {
  const [held, setHeld] = useState(session);
  useEffect(() => {
    const listener = () => setHeld(session);
    listeners.add(listener);
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return held;
}
