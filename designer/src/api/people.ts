import type { Me } from "~/frame/session";
import { change, get } from "./http";

export const readMe = () => get<Me>("/me");

/** The tabs of a browser share a session: each hears when another has begun or ended one. */
const tabs = new BroadcastChannel("baton-session");

export function onOtherTab(listener: () => void): void {
  tabs.onmessage = listener;
}

export async function tellTabs<T>(done: Promise<T>): Promise<T> {
  const answer = await done;
  tabs.postMessage(null);
  return answer;
}

/** Where the browser signs out of the provider too, if that is where the session came from. */
export const signOut = () => tellTabs(change<{ continueAt: string | null }>("POST", "/sign-out"));
