import type ZoomScroll from "diagram-js/lib/navigation/zoomscroll/ZoomScroll";
import { Icon } from "~/ui/icons";
import { fitViewer, type Viewer } from "./viewer";

export function CanvasTools({ viewer }: { viewer: Viewer }) {
  const zoom = (by: number) => viewer.get<ZoomScroll>("zoomScroll").stepZoom(by);
  return (
    <div class="canvas-tools" role="toolbar" aria-label="Zoom">
      <button type="button" class="button quiet icon" aria-label="Zoom in" title="Zoom in" onClick={() => zoom(1)}>
        <Icon name="plus" size={16} />
      </button>
      <button type="button" class="button quiet icon" aria-label="Zoom out" title="Zoom out" onClick={() => zoom(-1)}>
        <Icon name="minus" size={16} />
      </button>
      <button
        type="button"
        class="button quiet icon"
        aria-label="Fit the diagram"
        title="Fit the diagram"
        onClick={() => fitViewer(viewer)}
      >
        <Icon name="fit" size={16} />
      </button>
    </div>
  );
}
