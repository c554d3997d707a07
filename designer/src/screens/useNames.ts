import { useEffect, useState } from "preact/hooks";
import { definitionXml } from "~/api/definitions";
import { elementNames } from "~/forms/formData";

export type Names = (definitionId: string, element: string) => string;

const known = new Map<string, Map<string, string>>();

/** Names of elements, read once per definition from its diagram; the id until it is there or if there is no name. */
export function useNames(definitionIds: readonly string[]): Names {
  const [, setTurn] = useState(0);
  const wanted = [...new Set(definitionIds)].sort();
  useEffect(() => {
    for (const id of wanted) {
      if (known.has(id)) continue;
      known.set(id, new Map());
      definitionXml(id).then((xml) => {
        known.set(id, elementNames(xml));
        setTurn((it) => it + 1);
      }, () => known.delete(id));
    }
  }, [wanted.join()]);
  return (definitionId, element) => known.get(definitionId)?.get(element) ?? element;
}
