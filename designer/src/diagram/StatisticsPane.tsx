import type Selection from "diagram-js/lib/features/selection/Selection";
import { useEffect, useRef } from "preact/hooks";
import type { DefinitionSample, ElementStatistics } from "~/api/types";
import { countDots, svg } from "./dots";
import { fitInto } from "./fit";
import type { Box } from "./geometry";
import type { Heat } from "./heat";
import { type Call, closePlane, enableOpening, openElement } from "./opening";
import { StillViewer, useStillViewer } from "./StillViewer";
import { busOf, canvasOf, registryOf, type Viewer } from "./viewer";

interface Props {
  xml: string;
  /** The key of the process, for a file that holds several. */
  process: string;
  /** Tokens and incidents that there are now. */
  now: readonly ElementStatistics[];
  sample: DefinitionSample | undefined;
  heat: ReadonlyMap<string, Heat>;
  selected: string | null;
  onSelect: (id: string | null) => void;
  /** Opens what a call activity calls. */
  onCall: (call: Call) => void;
  /** Goes back to what has led here. */
  onUp: () => void;
}

const LAYER_INDEX = 1500;

/** The choice of what is shown stands above the diagram. */
const fitPane = (viewer: Viewer) => fitInto(canvasOf(viewer), { left: 48, top: 64, right: 48, bottom: 56 });

const isSmall = (box: Box) => box.width <= 60;

/**
 * In the lower right corner of an activity; left above an event or a gateway, whose names are below, and beside a flow
 * that comes from above.
 */
function label(box: Box, text: string): SVGElement {
  const [x, y] = isSmall(box)
    ? [box.x + box.width / 2 - 5, box.y - 3]
    : [box.x + box.width - 4, box.y + box.height - 5];
  return svg("g", { class: "corner corner-heat", transform: `translate(${x} ${y})` }, svg("text", {}, text));
}

function completed(box: Box, count: number): SVGElement {
  const place = `translate(${box.x + box.width - 4} ${box.y + box.height - 5})`;
  return svg("g", { class: "corner corner-times", transform: place }, svg("text", {}, count.toLocaleString("en")));
}

const incidentsOf = (it: ElementStatistics) => it.incidents.reduce((sum, kind) => sum + kind.incidentCount, 0);

function draw(viewer: Viewer, { now, sample, heat }: Pick<Props, "now" | "sample" | "heat">): void {
  const canvas = canvasOf(viewer);
  const registry = registryOf(viewer);
  const groups: SVGElement[] = [];
  const boxOf = (id: string): Box | undefined => {
    const element = registry.get(id);
    const here = element && canvas.findRoot(element as never) === canvas.getRootElement();
    return here ? (element as unknown as Box) : undefined;
  };
  for (const it of now) {
    const box = boxOf(it.id);
    if (box) groups.push(countDots(box, { active: it.instances, incident: incidentsOf(it) }));
  }
  for (const it of sample?.elements ?? []) {
    const box = boxOf(it.id);
    if (box && it.completed > 0 && !heat.size && !isSmall(box)) groups.push(completed(box, it.completed));
  }
  for (const [id, { text, value }] of heat) {
    const box = boxOf(id);
    if (box && value > 0) groups.push(label(box, text));
  }
  canvas.getLayer("baton-tokens", LAYER_INDEX).replaceChildren(...groups);
  registry.forEach((element, gfx) => {
    const found = heat.get(element.id);
    gfx.classList.toggle("has-heat", found !== undefined);
    (gfx as unknown as SVGElement).style.setProperty("--heat", (found?.strength ?? 0).toFixed(3));
  });
}

/** The diagram of a definition with what its instances do now, or have done. */
export function StatisticsPane({ xml, process, now, sample, heat, selected, onSelect, onCall, onUp }: Props) {
  const latest = useRef<Pick<Props, "now" | "sample" | "heat" | "onCall"> & { viewer: Viewer | null }>({
    now,
    sample,
    heat,
    onCall,
    viewer: null,
  });
  const open = (call: Call) => latest.current.onCall(call);
  const still = useStillViewer({ xml, process }, (made) => {
    fitPane(made);
    enableOpening(made, open, () => fitPane(made));
    busOf(made).on("root.set", () => latest.current.viewer && draw(latest.current.viewer, latest.current));
    busOf(made).on("selection.changed", ({ newSelection }: { newSelection: { id: string; waypoints?: unknown }[] }) => {
      const [chosen] = newSelection;
      onSelect(chosen && !chosen.waypoints ? chosen.id.replace(/_label$/, "") : null);
    });
  });
  const { ref, viewer } = still;
  latest.current = { now, sample, heat, onCall, viewer };
  useEffect(() => {
    if (viewer) draw(viewer, { now, sample, heat });
  }, [viewer, now, sample, heat]);
  useEffect(() => {
    const element = selected && viewer ? registryOf(viewer).get(selected) : undefined;
    const selection = viewer?.get<Selection>("selection");
    if (element && selection && !selection.isSelected(element as never)) selection.select(element as never);
  }, [viewer, selected]);
  useEffect(() => {
    if (!viewer || !ref.current) return;
    const observer = new ResizeObserver(() => fitPane(viewer));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [viewer]);
  const press = (event: KeyboardEvent) => {
    if (!viewer || event.ctrlKey || event.metaKey || event.altKey) return;
    const chosen = selected ? registryOf(viewer).get(selected) : undefined;
    if (event.key === "o" && chosen) openElement(viewer, chosen as never, open);
    if (event.key === "u" && !closePlane(viewer)) onUp();
  };
  return (
    <div class="diagram" data-testid="diagram" role="group" aria-label="Diagram" onKeyDown={press}>
      <StillViewer still={still} />
    </div>
  );
}
