import { useEffect, useRef } from "preact/hooks";
import { elementSample, elementsNow, statistics } from "~/api/definitions";
import type { Header } from "~/api/types";
import { useResource } from "~/ui/useResource";

const NOT_OFTENER_THAN_MS = 2000;

interface Listed {
  rows: readonly Header[] | undefined;
  error: Error | undefined;
}

/**
 * The numbers of a definition and of all definitions, read again while its instances change, but not too often.
 * They are read after the instances: what changed in between would be in those and not in these, and nobody would look again.
 */
export function useStatistics(id: string, { rows, error }: Listed) {
  const listed = rows !== undefined || error !== undefined;
  const found = useResource(
    async (signal) => {
      if (!listed) return undefined;
      const [now, sample, all] = await Promise.all([
        elementsNow(id, signal),
        elementSample(id, signal),
        statistics(signal),
      ]);
      return { now, sample, all };
    },
    [id, listed],
  );
  const timer = useRef(0);
  const changed = rows?.map((it) => `${it.id} ${it.position}`).join();
  const seen = useRef(changed);
  useEffect(() => {
    if (seen.current !== undefined && seen.current !== changed && !timer.current)
      timer.current = window.setTimeout(() => {
        timer.current = 0;
        found.reload();
      }, NOT_OFTENER_THAN_MS);
    seen.current = changed;
  }, [changed]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return found.value;
}
