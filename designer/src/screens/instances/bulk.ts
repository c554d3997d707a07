/** What can be done with many instances at once. Pure, but for what begins a batch. */

import { type Chosen, cancelMany, retryMany, suspendMany } from "~/api/batches";
import type { InstanceFilter } from "~/api/instances";
import type { Header, NewBatch } from "~/api/types";

export interface Action {
  label: string;
  /** States of the instances that it fits. */
  states: readonly string[];
  withIncident?: boolean;
  /** What it means for them. */
  means: string;
  /** Also asked when a few were chosen one by one. */
  asks?: boolean;
  needs: string;
  begin: (chosen: Chosen) => Promise<NewBatch>;
}

const UPDATE = "process-instance:update";
const RUNNING = ["active", "suspended"];

export const ACTIONS: readonly Action[] = [
  {
    label: "Retry",
    states: RUNNING,
    withIncident: true,
    means: "What their incidents have stopped is tried again.",
    needs: "incident:update",
    begin: retryMany,
  },
  {
    label: "Suspend",
    states: ["active"],
    means: "Nothing goes on in them until they are resumed.",
    needs: UPDATE,
    begin: (chosen) => suspendMany(chosen, true),
  },
  {
    label: "Resume",
    states: ["suspended"],
    means: "They go on from where they are.",
    needs: UPDATE,
    begin: (chosen) => suspendMany(chosen, false),
  },
  {
    label: "Cancel",
    states: RUNNING,
    means: "Everything active in them ends at once and nothing is undone.",
    asks: true,
    needs: "process-instance:delete",
    begin: cancelMany,
  },
];

/** What its own sheet asks for. */
export const MIGRATE = { states: RUNNING, needs: UPDATE };

export const fits = (action: Pick<Action, "states" | "withIncident">, header: Header): boolean =>
  action.states.includes(header.state) && (!action.withIncident || header.incidents > 0);

/** The filter of those that match and that an action fits; null if there can be none. */
export function narrow(
  filter: InstanceFilter,
  { states, withIncident }: Pick<Action, "states" | "withIncident">,
): InstanceFilter | null {
  const asked = filter.state?.split(",");
  const both = asked ? states.filter((it) => asked.includes(it)) : states;
  if (!both.length || (withIncident && filter.withIncident === false)) return null;
  return { ...filter, state: both.join(), ...(withIncident ? { withIncident } : {}) };
}
