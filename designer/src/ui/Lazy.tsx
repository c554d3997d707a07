import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failed, Loading } from "./basics";

interface Props<P extends object> {
  load: () => Promise<ComponentType<P>>;
  props: P;
  what?: string;
  /** Shows nothing while it is on its way: for what is seldom there. */
  quiet?: boolean;
}

/** What a browser says of it is its own, and an address: that is for its console. */
const UNFETCHED = new Error("Baton may have been updated since this page was opened, or cannot be reached.");

/** A screen that lives in a chunk of its own. */
export function Lazy<P extends object>({ load, props, what = "the page", quiet = false }: Props<P>) {
  const [loaded, setLoaded] = useState<{ view?: ComponentType<P>; error?: Error }>({});
  useEffect(() => {
    load().then(
      (view) => setLoaded({ view }),
      (error: Error) => {
        console.error(error);
        setLoaded({ error: UNFETCHED });
      },
    );
  }, [load]);
  if (loaded.error) return <Failed what={what} error={loaded.error} again={() => window.location.reload()} />;
  const View = loaded.view;
  if (View) return <View {...props} />;
  return quiet ? null : <Loading what={what} />;
}
