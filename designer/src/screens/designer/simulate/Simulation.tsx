/** The draft run by the engine: the diagram with its tokens, what can be decided, the history. A chunk of its own. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Draft } from "~/api/simulation";
import { type ElementInfo, LivePane } from "~/diagram/LivePane";
import { numbersOf, type PlanMark } from "~/diagram/plan";
import { eventsOf } from "~/live/view";
import { HistoryDrawer } from "~/screens/instance/HistoryDrawer";
import "~/styles/simulate.css";
import { Controls } from "./Controls";
import { InsideBar } from "./InsideBar";
import { SimulatePanel, type Tab } from "./SimulatePanel";
import { useInside } from "./useInside";
import { coverageOf, type Scenarios, useOutcomes } from "./useScenarios";
import { useSimulation } from "./useSimulation";

const NO_PLAN: readonly PlanMark[] = [];
/** Coverage is that of the draft's own process. */
const IGNORE = () => undefined;

function listFlows(xml: string): string[] {
  const flows = new DOMParser()
    .parseFromString(xml, "application/xml")
    .getElementsByTagNameNS("http://www.omg.org/spec/BPMN/20100524/MODEL", "sequenceFlow");
  return [...flows].map((it) => it.getAttribute("id") ?? "");
}

export function Simulation({ draft, scenarios }: { draft: Draft; scenarios: Scenarios }) {
  const simulating = useSimulation(draft);
  const outcomes = useOutcomes(draft);
  const [selected, setSelected] = useState<string | null>(null);
  const [tab, setTab] = useState<Tab>("now");
  const [elements, setElements] = useState<ElementInfo[]>([]);
  const inside = useInside(draft, simulating.view);
  const { process, definition, xml, name } = inside;
  const flows = useMemo(() => listFlows(draft.bpmn), [draft.bpmn]);
  const coverage = useMemo(
    () => coverageOf(outcomes.byName, [...elements.map((it) => it.id), ...flows]),
    [outcomes.byName, elements, flows],
  );
  // Elements of different processes may have the same id.
  useEffect(() => setSelected(null), [process]);
  const { events } = simulating;
  const shownEvents = useMemo(() => (process ? eventsOf(simulating.view, process, events) : events), [events, process]);
  const caller = inside.way.at(-2);
  const plan = useMemo(() => numbersOf((simulating.last?.plan ?? []).map((it) => it.element)), [simulating.last]);
  return (
    <div class="stage">
      <div class="stage-main">
        <Controls simulating={simulating} selected={selected} onSelect={setSelected} />
        <InsideBar inside={inside} />
        <LivePane
          definition={definition}
          {...(xml === undefined ? {} : { xml })}
          process={process}
          view={simulating.view}
          takeMoves={simulating.takeMoves}
          plan={tab === "ledger" && !process ? plan : NO_PLAN}
          breakpoints={simulating.breakpoints}
          coverage={process ? null : coverage}
          selected={selected}
          onSelect={setSelected}
          onElements={process ? IGNORE : setElements}
          onCall={({ element }) => inside.open(element)}
          onUp={caller && (() => inside.enter(caller.process))}
        />
        <HistoryDrawer
          events={shownEvents}
          complete
          position={events.at(-1)?.position ?? 0}
          at={simulating.at}
          onAt={simulating.setAt}
          onSelect={setSelected}
          name={name}
        />
      </div>
      <SimulatePanel
        simulating={simulating}
        process={process}
        scenarios={scenarios}
        outcomes={outcomes}
        coverage={coverage}
        selected={selected}
        onSelect={setSelected}
        name={name}
        tab={tab}
        onTab={setTab}
      />
    </div>
  );
}
