import type Canvas from "diagram-js/lib/core/Canvas";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fitInto } from "~/diagram/fit";
import { createModeler, type Modeler } from "./modeler";

const MARGIN = { left: 132, top: 48, right: 48, bottom: 64 };

export const fitModeler = (modeler: Modeler) => fitInto(modeler.get<Canvas>("canvas"), MARGIN);

export interface Loaded {
  modeler: Modeler;
  changes: number;
}

/** Makes the modeler once, and counts what the user changes. */
export function useModeler(
  canvas: RefObject<HTMLDivElement>,
  properties: RefObject<HTMLDivElement>,
): { loaded: Loaded | null; error: Error | null } {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!canvas.current || !properties.current) return;
    let alive = true;
    let made: Modeler | null = null;
    createModeler(canvas.current, properties.current).then((modeler) => {
      made = modeler;
      if (!alive) return modeler.destroy();
      setLoaded({ modeler, changes: 0 });
      // Opening a diagram clears the stack: that is no change of the user's.
      modeler.on("commandStack.changed", ({ trigger }: { trigger: string }) => {
        if (trigger !== "clear") setLoaded((old) => old && { ...old, changes: old.changes + 1 });
      });
    }, setError);
    return () => {
      alive = false;
      made?.destroy();
    };
  }, []);
  return { loaded, error };
}
