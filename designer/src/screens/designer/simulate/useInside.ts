/** Which process of a simulation is shown: the draft's own, or one that it has called, from another file or deployed. */

import { useMemo, useState } from "preact/hooks";
import type { Draft } from "~/api/simulation";
import { elementNames } from "~/diagram/fileNames";
import { processOf } from "~/diagram/withDiagram";
import { listProcesses } from "~/forms/formData";
import { callersOf, callsOf, type View } from "~/live/view";
import { useNames } from "~/screens/useNames";
import { toast } from "~/ui/toast";
import { kindOf } from "../files/kinds";

/** Ends the ids that the engine gives the processes of a draft while it is simulated. */
const DRAFTED = ":0:draft";

export interface Place {
  process: number;
  name: string;
}

export interface Inside {
  /** The token that is the process that is shown; 0: the draft's own. */
  process: number;
  /** Its definition and its file; the file of a deployed one is not known here. */
  definition: string;
  xml: string | undefined;
  /** From the draft's own process to the one that is shown. */
  way: Place[];
  /** What the shown process has called and what still runs. */
  running: Place[];
  enter: (process: number) => void;
  /** Shows what a call activity has called last. */
  open: (element: string) => void;
  name: (element: string) => string;
}

/** The texts of the files with processes, the diagram first. */
export const processFiles = ({ bpmn, resources = [] }: Draft): string[] => [
  bpmn,
  ...resources.filter((it) => kindOf(it) === "process").map((it) => it.content),
];

function fileOf(draft: Draft, definition: string): string | undefined {
  if (!definition.endsWith(DRAFTED)) return undefined;
  const key = processOf(definition);
  return processFiles(draft).find((it) => listProcesses(it).includes(key));
}

/** The names in all files of the draft; those of the file that is shown go before. */
function collectNames(draft: Draft, shown: string): Map<string, string> {
  const all = processFiles(draft).toReversed();
  return new Map([...all, shown].flatMap((it) => [...elementNames(it)]));
}

export function useInside(draft: Draft, view: View): Inside {
  const [wanted, setWanted] = useState(0);
  // Gone back to before it was called, one is in its caller.
  const process = view.called.has(wanted) ? wanted : 0;
  const definition = view.called.get(process) ?? "";
  const xml = useMemo(() => (process ? fileOf(draft, definition) : draft.bpmn), [draft, process, definition]);
  const own = useMemo(() => collectNames(draft, xml ?? ""), [draft, xml]);
  const deployed = useNames([...view.called.values()].filter((it) => !it.endsWith(DRAFTED)));
  const name = (id: string) =>
    own.get(id) ?? (id.startsWith("$") ? "" : (definition && deployed(definition, id)) || id);
  const nameOf = (called: number) => {
    const id = view.called.get(called) ?? "";
    const key = called ? processOf(id) : draft.processId;
    return { process: called, name: own.get(key) ?? deployed(id, key) };
  };
  return {
    process,
    definition,
    xml,
    way: process ? [0, ...callersOf(view, process), process].map(nameOf) : [nameOf(0)],
    running: [...view.callers.keys()]
      .filter((it) => view.tokens.has(it) && (view.homes.get(it) ?? 0) === process)
      .map(nameOf),
    enter: setWanted,
    open: (element) => {
      const calls = callsOf(view, process, element);
      const called = calls.findLast((it) => view.tokens.has(it)) ?? calls.at(-1);
      if (called === undefined) toast("Nothing has been called here yet: play on until a token comes here.");
      else setWanted(called);
    },
    name,
  };
}
