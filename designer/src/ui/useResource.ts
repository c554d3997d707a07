import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useReturn } from "~/frame/connection";

export interface Resource<T> {
  value: T | undefined;
  error: Error | undefined;
  reload: () => void;
}

/**
 * Loads on mount and whenever `deps` change; keeps the old value while the new one is on its way.
 *
 * When `tick` changes the same is asked again, but only after the answer that is on its way: were that given up, a page
 * whose answers take longer than its ticks would never show any.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  deps: readonly unknown[],
  tick = 0,
): Resource<T> {
  const [state, setState] = useState<{ value?: T; error?: Error; answered: number }>({ answered: -1 });
  const [turn, setTurn] = useState(0);
  const asked = useRef(tick);
  if (state.answered === asked.current) asked.current = tick;
  useEffect(() => {
    const abort = new AbortController();
    const settle = (found: { value?: T; error?: Error }) =>
      abort.signal.aborted || setState((old) => ({ value: old.value, ...found, answered: asked.current }));
    load(abort.signal).then(
      (value) => settle({ value }),
      (error: Error) => settle({ error }),
    );
    return () => abort.abort();
  }, [...deps, turn, asked.current]);
  const reload = useCallback(() => setTurn((it) => it + 1), []);
  useReturn(reload);
  return { value: state.value, error: state.error, reload };
}
