import { useEffect, useRef, useState } from "preact/hooks";
import { Failed } from "~/ui/basics";
import { CanvasTools } from "./CanvasTools";
import { fontReady } from "./renderer";
import { canvasOf, createViewer, fitViewer, registryOf, type Viewer } from "./viewer";
import { withDiagram } from "./withDiagram";

/** Marks an element as the place where something waits, and brings it into view, also inside a subprocess. */
function showPlace(viewer: Viewer, id: string): void {
  const canvas = canvasOf(viewer);
  const element = registryOf(viewer).get(id) as never;
  if (!element) return;
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  fitViewer(viewer);
  canvas.addMarker(element, "mark-waiting");
  canvas.scrollToElement(element, 40);
}

/** A diagram to look at, without an instance. `at`: the element where something waits. */
export function StillDiagram({ xml, process, at }: { xml: string; process: string; at?: string }) {
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
        if (at) showPlace(made, at);
        setViewer(made);
      }, setError);
    return () => made.destroy();
  }, [xml, process, at]);
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
