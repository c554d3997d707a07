/** Routes by the history API, and a guard that may hold the user back (unsaved changes). */

import { useEffect, useState } from "preact/hooks";

export interface Route {
  screen:
    | "overview"
    | "definitions"
    | "instances"
    | "tasks"
    | "start"
    | "designer"
    | "administration"
    | "batches"
    | "dead-letters"
    | "approvals"
    | "first-administrator"
    | "unknown";
  id: string | null;
  query: URLSearchParams;
  path: string;
}

const SCREENS = [
  "definitions",
  "instances",
  "tasks",
  "start",
  "designer",
  "administration",
  "batches",
  "dead-letters",
  "approvals",
  "first-administrator",
] as const;

export function parse(location: { pathname: string; search: string }): Route {
  const [first = "", ...rest] = location.pathname.split("/").filter(Boolean);
  const screen = first === "" ? "overview" : (SCREENS.find((it) => it === first) ?? "unknown");
  const id = rest.length ? decodeURIComponent(rest.join("/")) : null;
  return { screen, id, query: new URLSearchParams(location.search), path: location.pathname + location.search };
}

export type Guard = () => boolean;
let guard: Guard | null = null;
let current = window.location.href;
const listeners = new Set<() => void>();

export function setGuard(next: Guard | null): void {
  guard = next;
}

function changed(): void {
  current = window.location.href;
  for (const listener of listeners) listener();
}

const samePage = (href: string) => new URL(href, current).pathname === new URL(current).pathname;

export function navigate(href: string, options: { replace?: boolean } = {}): void {
  if (guard && !samePage(href) && !guard()) return;
  if (options.replace) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  changed();
}

window.addEventListener("popstate", () => {
  if (guard && !samePage(window.location.href) && !guard()) {
    window.history.pushState(null, "", current);
    return;
  }
  changed();
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element).closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link || link.target || link.origin !== window.location.origin || link.hasAttribute("download")) return;
  if (link.pathname.startsWith("/openapi") || link.pathname.startsWith("/engine-rest")) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
});

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(window.location));
  useEffect(() => {
    const listener = () => setRoute(parse(window.location));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return route;
}

/** Writes parts of the list's state into the URL; an empty value removes the part. */
export function setQuery(parts: Record<string, string | null>): void {
  const search = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(parts)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const text = search.toString();
  navigate(window.location.pathname + (text ? `?${text}` : ""), { replace: true });
}

export const paths = {
  instance: (id: string) => `/instances/${encodeURIComponent(id)}`,
  batch: (id: string) => `/batches/${encodeURIComponent(id)}`,
  definition: (id: string) => `/definitions/${encodeURIComponent(id)}`,
  /** Of a definition or, as `draft/…`, of a draft. */
  designer: (id: string) => `/designer/${encodeURIComponent(id).replace("%2F", "/")}`,
};
