/** The pages, and what one must be allowed to see each. */

import type { IconName } from "~/ui/icons";
import type { Route } from "./router";
import { may, type Session } from "./session";

export interface Place {
  screen: Route["screen"];
  href: string;
  label: string;
  /** In the rail; a page without one is reached from another. */
  icon?: IconName;
  needs: string;
}

const PLACES: readonly Place[] = [
  { screen: "overview", href: "/", label: "Overview", icon: "overview", needs: "process-instance:read" },
  { screen: "definitions", href: "/definitions", label: "Definitions", icon: "definitions", needs: "deployment:read" },
  { screen: "instances", href: "/instances", label: "Instances", icon: "instances", needs: "process-instance:read" },
  { screen: "batches", href: "/batches", label: "Batches", icon: "batches", needs: "process-instance:read" },
  { screen: "tasks", href: "/tasks", label: "Tasks", icon: "tasks", needs: "task:read" },
  { screen: "start", href: "/start", label: "Start", icon: "start", needs: "process-definition:start" },
  { screen: "designer", href: "/designer", label: "Designer", icon: "designer", needs: "draft:read" },
  {
    screen: "administration",
    href: "/administration",
    label: "Administration",
    icon: "administration",
    needs: "identity:read",
  },
  { screen: "dead-letters", href: "/dead-letters", label: "Dead letters", needs: "event:read" },
  { screen: "approvals", href: "/approvals", label: "Approvals", needs: "process-instance:read" },
];

export const placesOf = (session: Session) => PLACES.filter((it) => it.icon && may(session, it.needs));

/** What is missing to see a page; null when nothing is. */
export function missingFor(screen: Route["screen"], session: Session): string | null {
  const place = PLACES.find((it) => it.screen === screen);
  return place && !may(session, place.needs) ? place.needs : null;
}
