import { useEffect, useState } from "preact/hooks";

/** Counts up every so many milliseconds while the page is seen; 0: never. */
export function useTick(every: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (!every) return;
    const timer = setInterval(() => !document.hidden && setTick((it) => it + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return tick;
}
