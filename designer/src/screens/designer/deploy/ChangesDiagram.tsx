import type Canvas from "diagram-js/lib/core/Canvas";
import type ElementRegistry from "diagram-js/lib/core/ElementRegistry";
import type Selection from "diagram-js/lib/features/selection/Selection";
import { useEffect, useRef, useState } from "preact/hooks";
import { CanvasTools } from "~/diagram/CanvasTools";
import { fontReady } from "~/diagram/renderer";
import { createViewer, fitViewer, type Viewer } from "~/diagram/viewer";
import { Failed } from "~/ui/basics";
import type { Change } from "./changes";

interface Props {
  xml: string;
  label: string;
  changes: readonly Change[];
  selected: string | null;
}

/** A diagram to look at, with what has changed marked in it. */
export function ChangesDiagram({ xml, label, changes, selected }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!ref.current) return;
    const made = createViewer(ref.current);
    fontReady()
      .then(() => made.importXML(xml))
      .then(() => {
        fitViewer(made);
        setViewer(made);
      }, setError);
    return () => {
      setViewer(null);
      made.destroy();
    };
  }, [xml]);
  useEffect(() => {
    if (!viewer) return;
    const canvas = viewer.get<Canvas>("canvas");
    const registry = viewer.get<ElementRegistry>("elementRegistry");
    const marked = changes.filter((it) => registry.get(it.id));
    for (const { id, kind } of marked) canvas.addMarker(id, `diff-${kind}`);
    return () => {
      for (const { id, kind } of marked) if (registry.get(id)) canvas.removeMarker(id, `diff-${kind}`);
    };
  }, [viewer, changes]);
  useEffect(() => {
    const element = viewer && selected ? viewer.get<ElementRegistry>("elementRegistry").get(selected) : undefined;
    if (!viewer || !element) return;
    const canvas = viewer.get<Canvas>("canvas");
    const root = canvas.findRoot(element as never);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    viewer.get<Selection>("selection").select(element as never);
    canvas.scrollToElement(element as never, 60);
  }, [viewer, selected]);
  return (
    <div class="diagram" role="group" aria-label={label}>
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
