import { useEffect, useRef, useState } from "preact/hooks";
import { Failed } from "~/ui/basics";
import { CanvasTools } from "./CanvasTools";
import { fontReady } from "./renderer";
import { createViewer, fitViewer, type Viewer } from "./viewer";
import { withDiagram } from "./withDiagram";

/** A diagram to look at, without an instance. */
export function StillDiagram({ xml, process }: { xml: string; process: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!ref.current) return;
    const made = createViewer(ref.current);
    Promise.all([withDiagram(xml, process), fontReady()])
      .then(([drawn]) => made.importXML(drawn))
      .then(() => {
        fitViewer(made);
        setViewer(made);
      }, setError);
    return () => made.destroy();
  }, [xml, process]);
  return (
    <div class="diagram">
      <div ref={ref} style={{ position: "absolute", inset: 0 }} />
      {viewer && <CanvasTools viewer={viewer} />}
      {error && (
        <div class="cover">
          <Failed what="the diagram" error={error} />
        </div>
      )}
    </div>
  );
}
