import type { LedgerState } from "~/api/types";
import type { Look } from "./state";

/** How the state of an entry of the ledger is shown, and its word. */
export const LEDGER_LOOKS: Record<LedgerState, [Look, string]> = {
  undoable: ["done", "Can be undone"],
  undoing: ["undoing", "Undoing"],
  undone: ["undone", "Undone"],
  failed: ["incident", "Undoing failed"],
  skipped: ["cancelled", "Skipped"],
  discarded: ["cancelled", "Can no longer be undone"],
  kept: ["done", "Stays done"],
};
