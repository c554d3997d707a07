/** Who works here: the person who has signed in, else who the person at this browser says to be, which is remembered. */

import { useEffect, useState } from "preact/hooks";
import { useSession } from "~/frame/session";

const KEY = "baton.me";
const listeners = new Set<() => void>();

export const me = () => localStorage.getItem(KEY) ?? "";

export function setMe(name: string): void {
  localStorage.setItem(KEY, name.trim());
  for (const listener of listeners) listener();
}

/** The person who has signed in; null where nobody has to. */
export function useSignedIn(): string | null {
  const session = useSession();
  return typeof session === "object" && session.kind === "person" ? session.id : null;
}

export function useMe(): string {
  const signedIn = useSignedIn();
  const [name, setName] = useState(me);
  useEffect(() => {
    const listener = () => setName(me());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return signedIn ?? name;
}
