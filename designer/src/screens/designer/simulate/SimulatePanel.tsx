import { useState } from "preact/hooks";
import { parseObject, toVariables } from "~/forms/variables";
import { VariablesList } from "~/screens/instance/VariablesList";
import { Icon } from "~/ui/icons";
import { LEDGER_LOOKS } from "~/ui/ledgerLooks";
import { Resizer } from "~/ui/Resizer";
import { State } from "~/ui/state";
import { Tabs } from "~/ui/Tabs";
import { useStored } from "~/ui/useStored";
import { ScenariosTab } from "./ScenariosTab";
import { StartCard } from "./StartCard";
import type { Outcomes, Scenarios } from "./useScenarios";
import type { Simulating } from "./useSimulation";
import { WaitCards } from "./WaitCards";

export interface PanelProps {
  simulating: Simulating;
  /** The process that is shown: its own is 0, then those that it has called. */
  process: number;
  scenarios: Scenarios;
  outcomes: Outcomes;
  coverage: ReadonlyMap<string, string> | null;
  selected: string | null;
  onSelect: (id: string | null) => void;
  name: (id: string) => string;
  tab: Tab;
  onTab: (tab: Tab) => void;
}

export type Tab = "now" | "variables" | "ledger" | "scenarios";

/** What can be decided now, of everything or of the element that is selected. */
function Now({ simulating, selected, onSelect, name }: PanelProps) {
  const { last } = simulating;
  if (!last) return <StartCard simulating={simulating} />;
  const active = last.header?.state === "active";
  const went = selected ? simulating.view.processes.get(0)?.elements.get(selected) : undefined;
  return (
    <>
      {selected && (
        <div class="row">
          <h2 class="grow clip">{name(selected)}</h2>
          <button type="button" class="button slim" onClick={() => onSelect(null)}>
            All
          </button>
        </div>
      )}
      {selected && (
        <label class="row">
          <input
            type="checkbox"
            checked={simulating.breakpoints.has(selected)}
            onChange={() => simulating.toggleBreakpoint(selected)}
          />
          Stop when a token comes here
        </label>
      )}
      <WaitCards simulating={simulating} name={name} answer={last} selected={selected} />
      {!active && <p>The instance has ended. Step back to decide otherwise, or start over.</p>}
      {active && selected && (went?.completed ?? 0) > 0 && (
        <div>
          <button
            type="button"
            class="button"
            disabled={simulating.busy}
            onClick={() => void simulating.act({ type: "rollback", activityId: selected })}
          >
            Undo and go back to here
          </button>
        </div>
      )}
      {last.sent.length > 0 && (
        <section>
          <h3 class="small-title">Sent, to nobody</h3>
          <ul class="list">
            {last.sent.map((it) => (
              <li key={it.id}>
                {it.kind} {it.name}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** As in the monitor; what is set is set in the instance that is simulated. */
function VariablesTab({ simulating, process, name }: PanelProps) {
  const [json, setJson] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const { view, events, setAt, last } = simulating;
  const set = async (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(json);
    setWrong(parsed.ok ? null : parsed.message);
    if (!parsed.ok) return;
    if (await simulating.act({ type: "variables", variables: toVariables(parsed.values) })) setJson("");
  };
  return (
    <>
      <VariablesList
        process={process}
        view={view}
        events={events}
        none="There are no variables yet."
        name={name}
        onAt={setAt}
      />
      {last?.header?.state === "active" && (
        <form class="plain" onSubmit={(event) => void set(event)}>
          <div class="field">
            <label for="simulate-set">Set variables (JSON)</label>
            <textarea
              id="simulate-set"
              class="textarea low"
              spellcheck={false}
              value={json}
              placeholder={'{"amount": 12}'}
              onInput={(event) => setJson(event.currentTarget.value)}
            />
            {wrong && <span class="wrong">{wrong}</span>}
          </div>
          <div>
            <button type="submit" class="button" disabled={!json.trim() || simulating.busy}>
              Set
            </button>
          </div>
        </form>
      )}
    </>
  );
}

/** The ledger, newest first: the order of undoing, whose numbers stand on the diagram too. */
function LedgerTab({ simulating, onSelect, name }: PanelProps) {
  const { last, view } = simulating;
  const entries = [...view.ledger.values()].sort((a, b) => b.seq - a.seq);
  const plan = new Map(last?.plan.map((it) => [it.seq, it.order]));
  if (!entries.length)
    return (
      <p class="secondary">
        Nothing was done yet that can be undone. Completed activities with a compensation handler are listed here.
      </p>
    );
  return (
    <>
      <ul class="list">
        {entries.map((it) => {
          const [look, word] = LEDGER_LOOKS[it.state];
          return (
            <li key={it.seq} data-seq={it.seq} data-state={it.state}>
              <span class="line">
                <span class="seq">{plan.get(it.seq) ?? ""}</span>
                <button type="button" class="linkish grow clip" onClick={() => onSelect(it.element)}>
                  {name(it.element)}
                </button>
                <State look={look} word={word} />
              </span>
            </li>
          );
        })}
      </ul>
      {last?.header?.state === "active" && (
        <div>
          <button
            type="button"
            class="button"
            disabled={simulating.busy}
            onClick={() => void simulating.act({ type: "cancel", compensate: true })}
          >
            {plan.size ? `Undo ${plan.size} and cancel` : "Cancel"}
          </button>
        </div>
      )}
    </>
  );
}

export function SimulatePanel(props: PanelProps) {
  const { tab } = props;
  const [up, setUp] = useState(true);
  const [width, setWidth] = useStored("simulate.width", 360);
  const { last, view } = props.simulating;
  const waiting = last ? last.externalTasks.length + last.userTasks.length + last.incidents.length : 0;
  return (
    <aside class={`panel ${up ? "" : "put-away"}`} style={{ width }} aria-label="Simulation">
      <Resizer label="Width of the simulation" axis="vertical" size={width} min={260} max={640} onSize={setWidth} />
      <div class="sheet-head">
        <Tabs
          label="Simulation"
          current={tab}
          onSelect={(next: Tab) => {
            props.onTab(next);
            setUp(true);
          }}
          tabs={[
            { id: "now", label: "Now", count: waiting },
            { id: "variables", label: "Variables" },
            { id: "ledger", label: "Ledger", count: view.ledger.size },
            { id: "scenarios", label: "Scenarios", count: props.scenarios.all.length },
          ]}
        />
        <button type="button" class="sheet-handle" aria-expanded={up} onClick={() => setUp(!up)}>
          <Icon name={up ? "chevron" : "up"} size={16} />
          <span class="visually-hidden">{up ? "Put away the details" : "Pull up the details"}</span>
        </button>
      </div>
      <div class="panel-body" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "now" && <Now {...props} />}
        {tab === "variables" && <VariablesTab {...props} />}
        {tab === "ledger" && <LedgerTab {...props} />}
        {tab === "scenarios" && <ScenariosTab {...props} />}
      </div>
    </aside>
  );
}
