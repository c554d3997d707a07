import { useEffect, useState } from "preact/hooks";
import { definitionXml, latestXml } from "~/api/models";
import { calledProcesses, elementNames } from "~/diagram/fileNames";

export type Names = (definitionId: string, element: string) => string;

const known = new Map<string, Map<string, string>>();
const called = new Map<string, Promise<string>>();

/** Of a process that others call, read once for all of them; a failure is forgotten. */
function readCalled(key: string): Promise<string> {
  const begun = called.get(key) ?? latestXml(key);
  called.set(key, begun);
  begun.catch(() => called.delete(key));
  return begun;
}

/** Of a file and of all that it calls, as these are now; its own names go before. */
async function namesIn(xml: string, seen: Set<string>): Promise<Map<string, string>> {
  const names = elementNames(xml);
  for (const key of calledProcesses(xml)) {
    if (seen.has(key)) continue;
    seen.add(key);
    const inside = await readCalled(key).then(
      (it) => namesIn(it, seen),
      () => new Map<string, string>(),
    );
    for (const [id, name] of inside) if (!names.has(id)) names.set(id, name);
  }
  return names;
}

const reading = new Map<string, Promise<void>>();

/** Reads once, however many ask; a failure is forgotten, so that the next one tries again. */
function read(id: string): Promise<void> {
  const begun = reading.get(id);
  if (begun) return begun;
  const promise = definitionXml(id)
    .then((xml) => namesIn(xml, new Set()))
    .then(
      (names) => void known.set(id, names),
      () => void reading.delete(id),
    );
  reading.set(id, promise);
  return promise;
}

/** Names of elements and of the process, read from the diagrams; the id until it is there or if there is no name. */
export function useNames(definitionIds: readonly string[]): Names {
  const [, setTurn] = useState(0);
  const wanted = [...new Set(definitionIds)].sort();
  useEffect(() => {
    let alive = true;
    for (const id of wanted)
      if (!known.has(id)) void read(id).then(() => alive && known.has(id) && setTurn((it) => it + 1));
    return () => {
      alive = false;
    };
  }, [wanted.join()]);
  return (definitionId, element) => known.get(definitionId)?.get(element) ?? element;
}
