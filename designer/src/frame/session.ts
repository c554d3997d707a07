/** Who has signed in, for the whole frame. A server that lets everybody in knows nobody, and says so. */

import { useEffect, useState } from "preact/hooks";

export interface Me {
  kind: "anybody" | "person" | "key";
  id: string;
  groups: string[];
  roles: string[];
  permissions: string[];
}

/** `asking`: not known yet. `out`: the server requires a sign-in. */
export type Session = "asking" | "out" | Me;

const listeners = new Set<() => void>();
let session: Session = "asking";

export function setSession(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

/** The server has refused a request because nobody has signed in (any more). */
export function noteSignedOut(): void {
  if (session !== "out") setSession("out");
}

/** Whether somebody may do something, as far as it is known. */
export function may(who: Session, permission: string): boolean {
  if (who === "asking" || who === "out") return true;
  return who.permissions.includes("*") || who.permissions.includes(permission);
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
