import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failed, Loading } from "./basics";

interface Props<P extends object> {
  load: () => Promise<ComponentType<P>>;
  props: P;
  what?: string;
}

/** A screen that lives in a chunk of its own. */
export function Lazy<P extends object>({ load, props, what = "the page" }: Props<P>) {
  const [loaded, setLoaded] = useState<{ view?: ComponentType<P>; error?: Error }>({});
  useEffect(() => {
    load().then(
      (view) => setLoaded({ view }),
      (error: Error) => setLoaded({ error }),
    );
  }, [load]);
  if (loaded.error) return <Failed what={what} error={loaded.error} again={() => window.location.reload()} />;
  const View = loaded.view;
  return View ? <View {...props} /> : <Loading what={what} />;
}
