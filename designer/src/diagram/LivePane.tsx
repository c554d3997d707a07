import type Selection from "diagram-js/lib/features/selection/Selection";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { definitionXml } from "~/api/models";
import type { Move, View } from "~/live/view";
import { Failed } from "~/ui/basics";
import { isNarrow } from "~/ui/narrow";
import { CanvasTools } from "./CanvasTools";
import { type Drop, enableDragging } from "./dragging";
import { LiveDiagram } from "./LiveDiagram";
import { type Call, closePlane, enableOpening, openElement } from "./opening";
import type { PlanMark } from "./plan";
import { fontReady } from "./renderer";
import { busOf, canvasOf, createViewer, fitViewer, registryOf, type Viewer } from "./viewer";
import { type Place, type Step, walk } from "./walk";
import { processOf, withDiagram } from "./withDiagram";

export interface ElementInfo {
  id: string;
  name: string;
  type: string;
}

interface Props {
  definition: string;
  /** The diagram itself, where it is not deployed. */
  xml?: string;
  process: number;
  view: View;
  takeMoves: () => Move[];
  plan: readonly PlanMark[];
  breakpoints?: ReadonlySet<string>;
  /** Marks by element, instead of those of the view. */
  coverage?: ReadonlyMap<string, string> | null;
  selected: string | null;
  onSelect: (id: string | null) => void;
  onElements: (elements: ElementInfo[]) => void;
  /** Opens what a call activity calls. */
  onCall?: ((call: Call) => void) | undefined;
  /** Goes back to what has called this process. */
  onUp?: (() => void) | undefined;
  /** Called when a token was dragged to another element; without it none can be. */
  onDrop?: ((drop: Drop) => void) | undefined;
}

const WAYS: Partial<Record<string, Step>> = { j: "onward", k: "back", l: "branch" };

interface Shown {
  viewer: Viewer;
  live: LiveDiagram;
}

interface Drawn {
  id: string;
  type: string;
  waypoints?: unknown;
  labelTarget?: unknown;
  businessObject?: { name?: string };
}

function listElements(viewer: Viewer): ElementInfo[] {
  const all = registryOf(viewer).getAll() as unknown as Drawn[];
  return all
    .filter(
      (it) =>
        !it.waypoints &&
        !it.labelTarget &&
        !/Process|Collaboration|Plane|Lane|Annotation|Group|^label$/.test(it.type) &&
        !it.id.endsWith("_plane"),
    )
    .map((it) => ({
      id: it.id,
      name: it.businessObject?.name?.replace(/\s+/g, " ") || it.id,
      type: it.type.replace("bpmn:", ""),
    }));
}

function reveal(viewer: Viewer, id: string): void {
  const canvas = canvasOf(viewer);
  const element = registryOf(viewer).get(id);
  if (!element) return;
  const root = canvas.findRoot(element as never);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  const selection = viewer.get<Selection>("selection");
  if (!selection.isSelected(element as never)) selection.select(element as never);
  canvas.scrollToElement(element as never, 80);
}

/** Tokens can be dragged while somebody takes them where they are dropped. */
function useDragging(shown: Shown | null, onSelect: Props["onSelect"], onDrop: Props["onDrop"]): void {
  const latest = useRef({ onSelect, onDrop });
  latest.current = { onSelect, onDrop };
  const movable = onDrop !== undefined;
  useEffect(() => {
    // While another diagram takes its place, that which is still shown has no canvas any more.
    if (!shown || !movable || !canvasOf(shown.viewer).getContainer()) return;
    const handlers = {
      select: (element: string) => latest.current.onSelect(element),
      drop: (drop: Drop) => latest.current.onDrop?.(drop),
    };
    return enableDragging(shown.viewer, handlers);
  }, [shown, movable]);
}

const NO_BREAKPOINTS: ReadonlySet<string> = new Set();

export function LivePane(props: Props) {
  const { definition, xml, process, view, takeMoves, plan, selected, onSelect, onElements, onDrop } = props;
  const { breakpoints = NO_BREAKPOINTS, coverage = null } = props;
  const ref = useRef<HTMLDivElement>(null);
  // While the diagram follows the page, its selection is not news. And it follows before the next click can come: later, it
  // would answer that click with the one before, and the two would alternate endlessly.
  const following = useRef(false);
  const call = useRef(props.onCall);
  call.current = props.onCall;
  const [shown, setShown] = useState<Shown | null>(null);
  const [error, setError] = useState<Error | null>(null);

  useEffect(() => {
    if (!ref.current) return;
    const viewer = createViewer(ref.current);
    let live: LiveDiagram | null = null;
    let alive = true;
    const file = Promise.resolve(xml ?? definitionXml(definition));
    const drawn = file.then((text) => withDiagram(text, processOf(definition)));
    Promise.all([drawn, fontReady()])
      .then(([text]) => viewer.importXML(text))
      .then(
        () => {
          if (!alive) return;
          fitViewer(viewer);
          live = new LiveDiagram(viewer, process);
          busOf(viewer).on("selection.changed", ({ newSelection }: { newSelection: Drawn[] }) => {
            if (following.current) return;
            const one = newSelection[0];
            onSelect(one && !one.waypoints ? one.id.replace(/_label$/, "") : null);
          });
          enableOpening(
            viewer,
            (it) => call.current?.(it),
            () => fitViewer(viewer),
          );
          onElements(listElements(viewer));
          setShown({ viewer, live });
        },
        (failed: Error) => alive && setError(failed),
      );
    return () => {
      alive = false;
      live?.destroy();
      viewer.destroy();
      setShown(null);
    };
  }, [definition, xml, process]);

  // In the picture in which the page says it too.
  useLayoutEffect(() => shown?.live.show(view, takeMoves()), [shown, view]);
  useEffect(() => shown?.live.showPlan(plan), [shown, plan]);
  useEffect(() => shown?.live.showBreakpoints(breakpoints), [shown, breakpoints]);
  useEffect(() => shown?.live.showCoverage(coverage), [shown, coverage]);
  useDragging(shown, onSelect, onDrop);
  useLayoutEffect(() => {
    if (!shown) return;
    following.current = true;
    if (selected) reveal(shown.viewer, selected);
    else shown.viewer.get<Selection>("selection").select(null as never);
    following.current = false;
  }, [shown, selected]);
  useEffect(() => {
    if (!shown || !ref.current) return;
    const observer = new ResizeObserver(() => {
      canvasOf(shown.viewer).resized();
      // A sheet that comes up would hide what was fitted to the whole screen.
      if (isNarrow()) fitViewer(shown.viewer);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [shown]);

  const step = (event: KeyboardEvent) => {
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    // To what the panel says about the element, past all that lies between.
    if (event.key === "Enter" && selected)
      document.querySelector<HTMLElement>('.panel [role="tabpanel"]')?.focus({ preventScroll: true });
    const registry = registryOf(shown.viewer);
    const chosen = selected ? registry.get(selected) : undefined;
    if (event.key === "o" && chosen) openElement(shown.viewer, chosen as never, (it) => props.onCall?.(it));
    if (event.key === "u" && !closePlane(shown.viewer)) props.onUp?.();
    const way = WAYS[event.key];
    if (!way) return;
    const places = registry.getAll() as unknown as Place[];
    const next = walk(places, chosen as unknown as Place | undefined, way);
    if (next) onSelect(next.id);
  };
  return (
    <div class="diagram" data-testid="diagram" role="group" aria-label="Diagram" onKeyDown={step}>
      <div ref={ref} style={{ position: "absolute", inset: 0 }} />
      {shown && <CanvasTools viewer={shown.viewer} />}
      {error && (
        <div class="cover">
          <Failed what="the diagram" error={error} />
        </div>
      )}
    </div>
  );
}
