import { useMemo, useState } from "preact/hooks";
import { draftForm } from "~/forms/draftForm";
import { startForm, startFormName } from "~/forms/formData";
import { GivenButton, GivenFields, GivenFrame, useGiven } from "~/forms/Given";
import { type StartChoice, startChoices } from "./model";
import type { ScenarioStep } from "./scenario";
import type { Simulating } from "./useSimulation";

function label({ kind, name, event }: StartChoice): string {
  if (kind === "message" || kind === "signal") return `${name}: ${kind} ${event ?? "without a name"}`;
  return name;
}

/** How the simulated instance begins. */
export function StartCard({ simulating }: { simulating: Simulating }) {
  const { bpmn, processId, resources = [] } = simulating.draft;
  const choices = useMemo(() => startChoices(bpmn, processId), [bpmn, processId]);
  const [chosen, setChosen] = useState(0);
  const [businessKey, setBusinessKey] = useState("");
  const form = useMemo(
    () => draftForm(startForm(bpmn, processId), startFormName(bpmn, processId), resources),
    [simulating.draft],
  );
  const given = useGiven(form);
  const begin = () => {
    const variables = given.read();
    const choice = choices[chosen];
    if (!variables) return;
    const step: ScenarioStep =
      (choice?.kind === "message" || choice?.kind === "signal") && choice.event
        ? { type: choice.kind, name: choice.event, variables }
        : {
            type: "start",
            variables,
            ...(businessKey ? { businessKey } : {}),
            ...(choice && choices.length > 1 ? { activityId: choice.element } : {}),
          };
    void simulating.act(step);
  };
  return (
    <GivenFrame class="plain decide" given={given} onSubmit={begin}>
      <h2>Start it</h2>
      {choices.length > 1 && (
        <div class="field">
          <label for="simulate-start">By</label>
          <select
            id="simulate-start"
            class="select"
            value={chosen}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          >
            {choices.map((it, index) => (
              <option key={it.element} value={index}>
                {label(it)}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="field">
        <label for="simulate-key">Business key</label>
        <input
          id="simulate-key"
          class="input"
          autocomplete="off"
          value={businessKey}
          onInput={(event) => setBusinessKey(event.currentTarget.value)}
        />
      </div>
      <GivenFields given={given} id="simulate-variables" onSubmit={begin} />
      <div>
        <GivenButton given={given} onSubmit={begin} busy={simulating.busy}>
          Start
        </GivenButton>
      </div>
    </GivenFrame>
  );
}
