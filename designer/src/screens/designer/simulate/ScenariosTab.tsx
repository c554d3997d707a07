import { useRef, useState } from "preact/hooks";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { download } from "../files";
import { eventsOf, stepsOf, viewOf } from "./run";
import { expectationOf, FORMAT, fileName, parseScenario, type Scenario, writeScenario } from "./scenario";
import type { Outcome, Outcomes, Scenarios } from "./useScenarios";
import type { Simulating } from "./useSimulation";

interface Props {
  simulating: Simulating;
  scenarios: Scenarios;
  outcomes: Outcomes;
  coverage: ReadonlyMap<string, string> | null;
}

function Result({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return null;
  return outcome.wrong === null ? <State look="done" word="As expected" /> : <State look="incident" word="Differs" />;
}

function Save({ simulating, scenarios }: Pick<Props, "simulating" | "scenarios">) {
  const [name, setName] = useState("");
  const { last, run, draft } = simulating;
  const midway = run.some((it) => it.midway);
  const save = (event: Event) => {
    event.preventDefault();
    if (!last) return;
    scenarios.save({
      format: FORMAT,
      name: name.trim(),
      process: draft.processId,
      steps: stepsOf(run),
      expect: expectationOf(last, viewOf(run), eventsOf(run)),
    });
    toast(`Saved the scenario ${name.trim()}`);
    setName("");
  };
  if (!last)
    return <p class="secondary">Start the simulation and decide what happens: the run can then be saved here.</p>;
  if (midway)
    return (
      <p class="secondary">
        Something was decided while tokens could still go on. A scenario decides only when everything waits, so this run
        cannot be saved: step back, or start over.
      </p>
    );
  return (
    <form class="plain" onSubmit={save}>
      <div class="field">
        <label for="scenario-name">Save this run as a scenario</label>
        <span class="row">
          <input
            id="scenario-name"
            class="input grow"
            required
            placeholder="Back order"
            value={name}
            autocomplete="off"
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" class="button" disabled={last.more}>
            Save
          </button>
        </span>
        {last.more && <span class="hint">Play it first to where everything waits.</span>}
      </div>
    </form>
  );
}

function Line({
  scenario,
  outcome,
  onShow,
  onRemove,
}: {
  scenario: Scenario;
  outcome: Outcome | undefined;
  onShow: () => void;
  onRemove: () => void;
}) {
  return (
    <li data-scenario={scenario.name}>
      <span class="line">
        <button type="button" class="linkish grow clip" title="Play it here" onClick={onShow}>
          {scenario.name}
        </button>
        <Result outcome={outcome} />
      </span>
      {outcome?.wrong && <span class="small wrong">{outcome.wrong}</span>}
      <span class="line">
        <button
          type="button"
          class="button slim"
          onClick={() => download(fileName(scenario), writeScenario(scenario), "application/json")}
        >
          Save as a file
        </button>
        <button type="button" class="button slim" aria-label={`Delete ${scenario.name}`} onClick={onRemove}>
          Delete
        </button>
      </span>
    </li>
  );
}

function summary(coverage: ReadonlyMap<string, string>): string {
  const reached = [...coverage.values()].filter((it) => it === "mark-covered").length;
  return `${Math.floor((100 * reached) / Math.max(1, coverage.size))} % passed: ${reached} of ${coverage.size} elements and flows`;
}

export function ScenariosTab({ simulating, scenarios, outcomes, coverage }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const open = (file: File) =>
    void file
      .text()
      .then((text) => scenarios.save(parseScenario(text)))
      .catch(toastError);
  return (
    <>
      <Save simulating={simulating} scenarios={scenarios} />
      <div class="row">
        <button
          type="button"
          class="button"
          disabled={!scenarios.all.length || outcomes.running}
          onClick={() => void outcomes.run(scenarios.all)}
        >
          {scenarios.all.length > 1 ? `Run all ${scenarios.all.length}` : "Run all"}
        </button>
        <button type="button" class="button" onClick={() => input.current?.click()}>
          Open a file…
        </button>
      </div>
      {coverage && (
        <p class="small" role="status">
          {summary(coverage)}{" "}
          <button type="button" class="linkish underlined" onClick={outcomes.clear}>
            Hide
          </button>
        </p>
      )}
      <ul class="list">
        {scenarios.all.map((it) => (
          <Line
            key={it.name}
            scenario={it}
            outcome={outcomes.byName.get(it.name)}
            onShow={() => void simulating.load(it)}
            onRemove={() => scenarios.remove(it.name)}
          />
        ))}
      </ul>
      <input
        ref={input}
        type="file"
        accept=".json"
        hidden
        aria-label="Scenario file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) open(file);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
