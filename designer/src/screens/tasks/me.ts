/** Who the person at this browser says to be; typed once, then remembered. */

import { useEffect, useState } from "preact/hooks";

const KEY = "baton.me";
const listeners = new Set<() => void>();

export const me = () => localStorage.getItem(KEY) ?? "";

export function setMe(name: string): void {
  localStorage.setItem(KEY, name.trim());
  for (const listener of listeners) listener();
}

export function useMe(): string {
  const [name, setName] = useState(me);
  useEffect(() => {
    const listener = () => setName(me());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return name;
}
