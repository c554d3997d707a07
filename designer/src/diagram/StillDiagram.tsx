import { StillViewer, useStillViewer } from "./StillViewer";
import { canvasOf, fitViewer, registryOf, type Viewer } from "./viewer";

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
  const still = useStillViewer(
    { xml, process },
    (viewer) => {
      fitViewer(viewer);
      if (at) showPlace(viewer, at);
    },
    [at],
  );
  return (
    <div class="diagram">
      <StillViewer still={still} />
    </div>
  );
}
