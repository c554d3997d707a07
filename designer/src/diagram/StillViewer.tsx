import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failed } from "~/ui/basics";
import { CanvasTools } from "./CanvasTools";
import { fontReady } from "./renderer";
import { createViewer, type Viewer } from "./viewer";
import { withDiagram } from "./withDiagram";

interface Still {
  ref: RefObject<HTMLDivElement>;
  viewer: Viewer | null;
  error: Error | null;
}

/** A viewer of a file in the element of `ref`; null until it is drawn and `onDrawn` has been called. */
export function useStillViewer(
  { xml, process }: { xml: string; process: string },
  onDrawn: (viewer: Viewer) => void,
  deps: readonly unknown[] = [],
): Still {
  const ref = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!ref.current) return;
    const made = createViewer(ref.current);
    Promise.all([withDiagram(xml, process), fontReady()])
      .then(([drawn]) => made.importXML(drawn))
      .then(() => {
        onDrawn(made);
        setViewer(made);
      }, setError);
    return () => made.destroy();
  }, [xml, process, ...deps]);
  return { ref, viewer, error };
}

/** The place of the viewer, with its tools and what went wrong. */
export function StillViewer({ still }: { still: Still }) {
  return (
    <>
      <div ref={still.ref} style={{ position: "absolute", inset: 0 }} />
      {still.viewer && <CanvasTools viewer={still.viewer} />}
      {still.error && (
        <div class="cover">
          <Failed what="the diagram" error={still.error} />
        </div>
      )}
    </>
  );
}
