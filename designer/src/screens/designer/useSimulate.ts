import { useState } from "preact/hooks";
import type { DraftFile } from "~/api/drafts";
import { ApiError } from "~/api/http";
import { type Draft, simulate } from "~/api/simulation";
import { toast, toastError } from "~/ui/toast";
import { toXml } from "./files";
import type { Modeler } from "./modeler";
import type { Check } from "./problems/useCheck";
import { isEmpty, processInfo } from "./process";

export interface Simulate {
  /** What is simulated; null while it is drawn. */
  draft: Draft | null;
  begin: () => void;
  end: () => void;
}

/** Goes over to the simulation when the draft can run; else its problems are shown. */
export function useSimulate(modeler: Modeler | null, files: readonly DraftFile[], check: Check): Simulate {
  const [draft, setDraft] = useState<Draft | null>(null);
  const begin = async () => {
    const info = modeler && processInfo(modeler);
    if (!modeler || !info) return;
    if (isEmpty(modeler)) return toast("There is nothing to simulate yet: draw a start event first.", true);
    const next = { bpmn: await toXml(modeler), processId: info.id, resources: [...files] };
    try {
      await simulate(next);
      setDraft(next);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.problems.length) return toastError(error);
      check.show(error.problems);
      toast("It cannot run yet: the problems are listed below the diagram.", true);
    }
  };
  return { draft, begin: () => void begin().catch(toastError), end: () => setDraft(null) };
}
