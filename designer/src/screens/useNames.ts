import { useEffect, useState } from "preact/hooks";
import { definitionXml, latestXml } from "~/api/definitions";
import { calledProcesses, elementNames } from "~/forms/formData";

export type Names = (definitionId: string, element: string) => string;

const known = new Map<string, Map<string, string>>();

/** Of a file and of all that it calls, as these are now; its own names go before. */
async function namesIn(xml: string, seen: Set<string>): Promise<Map<string, string>> {
  const names = elementNames(xml);
  for (const key of calledProcesses(xml)) {
    if (seen.has(key)) continue;
    seen.add(key);
    const called = await latestXml(key).then(
      (it) => namesIn(it, seen),
      () => new Map<string, string>(),
    );
    for (const [id, name] of called) if (!names.has(id)) names.set(id, name);
  }
  return names;
}

/** Names of elements, read once per definition from its diagram; the id until it is there or if there is no name. */
export function useNames(definitionIds: readonly string[]): Names {
  const [, setTurn] = useState(0);
  const wanted = [...new Set(definitionIds)].sort();
  useEffect(() => {
    for (const id of wanted) {
      if (known.has(id)) continue;
      known.set(id, new Map());
      definitionXml(id)
        .then((xml) => namesIn(xml, new Set()))
        .then(
          (names) => {
            known.set(id, names);
            setTurn((it) => it + 1);
          },
          () => known.delete(id),
        );
    }
  }, [wanted.join()]);
  return (definitionId, element) => known.get(definitionId)?.get(element) ?? element;
}
