/** The draft run by the engine: the diagram with its tokens, what can be decided, the history. A chunk of its own. */

import { useMemo, useState } from "preact/hooks";
import type { Draft } from "~/api/simulation";
import { calledProcesses, elementNames } from "~/diagram/fileNames";
import { type ElementInfo, LivePane } from "~/diagram/LivePane";
import { numbersOf, type PlanMark } from "~/diagram/plan";
import { HistoryDrawer } from "~/screens/instance/HistoryDrawer";
import "~/styles/simulate.css";
import { Controls } from "./Controls";
import { SimulatePanel, type Tab } from "./SimulatePanel";
import { coverageOf, type Scenarios, useOutcomes } from "./useScenarios";
import { useSimulation } from "./useSimulation";

const NO_PLAN: readonly PlanMark[] = [];

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
  const names = useMemo(() => elementNames(draft.bpmn), [draft.bpmn]);
  const flows = useMemo(() => listFlows(draft.bpmn), [draft.bpmn]);
  const called = useMemo(() => calledProcesses(draft.bpmn), [draft.bpmn]);
  const name = (id: string) => names.get(id) ?? (id.startsWith("$") ? "" : id);
  const coverage = useMemo(
    () => coverageOf(outcomes.byName, [...elements.map((it) => it.id), ...flows]),
    [outcomes.byName, elements, flows],
  );
  const plan = useMemo(() => numbersOf((simulating.last?.plan ?? []).map((it) => it.element)), [simulating.last]);
  const inCalled = [...simulating.view.called.keys()].length > 0;
  return (
    <div class="stage">
      <div class="stage-main">
        <Controls simulating={simulating} selected={selected} onSelect={setSelected} />
        <LivePane
          definition=""
          xml={draft.bpmn}
          process={0}
          view={simulating.view}
          takeMoves={simulating.takeMoves}
          plan={tab === "ledger" ? plan : NO_PLAN}
          breakpoints={simulating.breakpoints}
          coverage={coverage}
          selected={selected}
          onSelect={setSelected}
          onElements={setElements}
        />
        {inCalled && (
          <p class="small secondary simulate-note" role="note">
            Tokens inside {called.join(", ") || "a called process"} are listed, not drawn.
          </p>
        )}
        <HistoryDrawer
          events={simulating.events}
          complete
          position={simulating.events.at(-1)?.position ?? 0}
          at={simulating.at}
          onAt={simulating.setAt}
          onSelect={setSelected}
          name={name}
        />
      </div>
      <SimulatePanel
        simulating={simulating}
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
