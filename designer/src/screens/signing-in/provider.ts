/** The way to the OpenID provider, and why it has led nowhere. */

import type { Route } from "~/frame/router";

const WHY: Record<string, string> = {
  refused: "The provider has not signed you in.",
  expired: "That took too long, or was begun in another window. Sign in again.",
  untrusted: "What the provider has sent does not hold. Tell an administrator: the log says why.",
  unavailable: "The provider does not answer. Try again in a while, or tell an administrator.",
  account: "The provider knows you, but you may not sign in here. Ask an administrator: the log says why.",
};

/** A sentence for the `sign-in` of an address; null for anything else. */
export const whyNot = (reason: string | null): string | null =>
  (reason && Object.hasOwn(WHY, reason) ? WHY[reason] : null) ?? null;

/** Where signing in begins, so that it ends at the page that was asked for. */
export function addressOf(href: string, route: Pick<Route, "path">): string {
  const page = new URL(route.path, window.location.origin);
  page.searchParams.delete("sign-in");
  return `${href}?${new URLSearchParams({ returnTo: page.pathname + page.search })}`;
}
