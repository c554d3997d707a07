import { useEffect } from "preact/hooks";
import { variableUses } from "~/api/deploying";
import type { DraftFile } from "~/api/drafts";
import { may, useSession } from "~/frame/session";
import { toXml } from "../files";
import type { Modeler } from "../modeler";
import { selectElement } from "../problems/problemMarks";
import { namedIn } from "../problems/shapes";
import { isEmpty } from "../process";
import type { BatonProvider } from "./provider";

const PAUSE_MS = 800;

/** Tells the panel which variables the diagram reads and writes, whenever drawing pauses; nothing while it is hidden, or for who may not ask. */
export function useVariables(modeler: Modeler | null, files: readonly DraftFile[], changes: number, shown: boolean) {
  const asks = may(useSession(), "process-definition:check") && shown;
  useEffect(() => {
    if (!modeler || !asks || changes === 0) return;
    const abort = new AbortController();
    const panel = modeler.get<BatonProvider>("batonPanel");
    const ask = async () => {
      const uses = isEmpty(modeler) ? [] : await variableUses(await toXml(modeler), files, abort.signal);
      if (abort.signal.aborted) return;
      panel.setOutline({ uses, name: namedIn(modeler).name, select: (id) => selectElement(modeler, id) });
    };
    // Without an answer the last one stays; that the server is gone is said in the frame.
    const timer = setTimeout(() => void ask().catch(() => undefined), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [modeler, files, changes, asks]);
}
