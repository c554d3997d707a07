import { useState } from "preact/hooks";

export interface Deed {
  busy: boolean;
  wrong: string | null;
  /** Does something, once at a time; what goes wrong is `wrong` until the next. */
  run: (deed: () => Promise<unknown>) => Promise<boolean>;
}

/** What a form does: busy meanwhile, and it says what went wrong. */
export function useDeed(): Deed {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const run = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    setWrong(null);
    try {
      await deed();
      return true;
    } catch (error) {
      setWrong((error as Error).message);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, wrong, run };
}
