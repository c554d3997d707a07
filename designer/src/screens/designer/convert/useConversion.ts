/** A diagram of another engine that is opened: what would have to change is offered, and done only when it is wanted. */

import { useState } from "preact/hooks";
import { convert } from "~/api/conversion";
import type { DraftFile } from "~/api/drafts";
import type { Conversion } from "~/api/types";
import { toastError } from "~/ui/toast";
import { isForeign } from "./foreign";

/** Namespaces of the engines whose files may need a conversion. */
const FOREIGN = /http:\/\/(camunda\.org\/schema\/1\.0|activiti\.org|flowable\.org|operaton\.org)/;

export interface Converting {
  found: Conversion | null;
  offer: (bpmn: string, files: DraftFile[]) => void;
  close: () => void;
}

export function useConversion(): Converting {
  const [found, setFound] = useState<Conversion | null>(null);
  const offer = (bpmn: string, files: DraftFile[]) => {
    if (!FOREIGN.test(bpmn)) return;
    convert(bpmn, files).then((it) => isForeign(it) && setFound(it), toastError);
  };
  return { found, offer, close: () => setFound(null) };
}
