import type { DraftFile } from "./drafts";
import { change } from "./http";
import type { Simulation, SimulationCommand } from "./types";

/** What is simulated: a file, which of its processes, and what lies beside the file. */
export interface Draft {
  bpmn: string;
  processId: string;
  resources?: DraftFile[];
}

export interface SimulationRequest {
  state?: string | null;
  command?: SimulationCommand;
  now?: string;
  stopAt?: string[];
  pause?: boolean;
  planTo?: string;
}

/** One step of a simulated instance; the server keeps nothing of it. */
export const simulate = (draft: Draft, request: SimulationRequest = {}) =>
  change<Simulation>("POST", "/simulation", { ...draft, ...request });
