import { useCallback, useEffect, useState } from "preact/hooks";
import { useReturn } from "~/frame/connection";

export interface Resource<T> {
  value: T | undefined;
  error: Error | undefined;
  reload: () => void;
}

/** Loads on mount and whenever `deps` change; keeps the old value while the new one is on its way. */
export function useResource<T>(load: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]): Resource<T> {
  const [state, setState] = useState<{ value?: T; error?: Error }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ value }),
      (error: Error) => !abort.signal.aborted && setState((old) => ({ ...old, error })),
    );
    return () => abort.abort();
  }, [...deps, turn]);
  const reload = useCallback(() => setTurn((it) => it + 1), []);
  useReturn(reload);
  return { value: state.value, error: state.error, reload };
}
