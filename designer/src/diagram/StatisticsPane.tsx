import type Selection from "diagram-js/lib/features/selection/Selection";
import { useEffect, useRef } from "preact/hooks";
import type { DefinitionSample, ElementStatistics } from "~/api/types";
import { countDots, isSmall, svg } from "./dots";
import { fitInto } from "./fit";
import type { Heat } from "./heat";
import { type Call, closePlane, enableOpening, openElement } from "./opening";
import { StillViewer, useStillViewer } from "./StillViewer";
import { type Part, placeValue } from "./valuePlace";
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

/** A value beside the drawing of an element, or in its corner. */
function label(part: Part, kind: "heat" | "times", text: string): SVGElement {
  const { x, y } = placeValue(part, text);
  const group = svg("g", { class: `corner corner-${kind}`, transform: `translate(${x} ${y})` }, svg("text", {}, text));
  group.dataset.element = part.id;
  return group;
}

const incidentsOf = (it: ElementStatistics) => it.incidents.reduce((sum, kind) => sum + kind.incidentCount, 0);

function draw(viewer: Viewer, { now, sample, heat }: Pick<Props, "now" | "sample" | "heat">): void {
  const canvas = canvasOf(viewer);
  const registry = registryOf(viewer);
  const groups: SVGElement[] = [];
  const partOf = (id: string): Part | undefined => {
    const element = registry.get(id);
    const here = element && canvas.findRoot(element as never) === canvas.getRootElement();
    return here ? (element as unknown as Part) : undefined;
  };
  for (const it of now) {
    const part = partOf(it.id);
    if (part) groups.push(countDots(part, { active: it.instances, incident: incidentsOf(it) }));
  }
  for (const it of sample?.elements ?? []) {
    const part = partOf(it.id);
    if (part && it.completed > 0 && !heat.size && !isSmall(part))
      groups.push(label(part, "times", it.completed.toLocaleString("en")));
  }
  for (const [id, { text, value }] of heat) {
    const part = partOf(id);
    if (part && value > 0) groups.push(label(part, "heat", text));
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
