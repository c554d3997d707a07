/** Everything that the simulated instance waits for, each with what can be decided about it. */

import { useMemo, useState } from "preact/hooks";
import type { Incident, SimulatedJob, Simulation, Subscription, Variables } from "~/api/types";
import { draftForm } from "~/forms/draftForm";
import { taskForm, taskFormName } from "~/forms/formData";
import { GivenButton, GivenFields, GivenFrame, useGiven } from "~/forms/Given";
import { fillForm, type LoadedForm, NO_FORM } from "~/forms/load";
import { duration } from "~/ui/format";
import { State } from "~/ui/state";
import { errorCodes } from "./model";
import type { ScenarioStep } from "./scenario";
import { processFiles } from "./useInside";
import type { Simulating } from "./useSimulation";

interface Common {
  simulating: Simulating;
  name: (id: string) => string;
}

type Way = "complete" | "error" | "fail" | "escalation";

const WAYS: Record<Way, string> = {
  complete: "Complete",
  error: "BPMN error",
  fail: "Failure",
  escalation: "Escalation",
};
const DEEDS: Record<Way, string> = {
  complete: "Complete",
  error: "Report the error",
  fail: "Report the failure",
  escalation: "Report the escalation",
};

/** Several at one element are distinguished by their number; a single one is identified by its element, also in the next run. */
const choose = (element: string, id: string, alone: boolean) =>
  alone ? { activityId: element } : { activityId: element, id };

interface WorkProps extends Common {
  element: string;
  id: string;
  alone: boolean;
  what: string;
  form: LoadedForm;
  ways: Way[];
  /** Until then no worker would be given it. */
  notBefore?: string | null;
  failure?: string | null;
}

function Work({ simulating, name, element, id, alone, what, form, ways, notBefore, failure }: WorkProps) {
  const [way, setWay] = useState<Way>("complete");
  const [code, setCode] = useState("");
  const [message, setMessage] = useState("");
  const [retries, setRetries] = useState("");
  const given = useGiven(form);
  const codes = useMemo(() => errorCodes(simulating.draft.bpmn), [simulating.draft.bpmn]);
  const now = Date.parse(simulating.last?.now ?? "");
  const rests = notBefore ? Date.parse(notBefore) - now : 0;
  // What is not shown is not read.
  const isByForm = way !== "fail";
  const shown = isByForm ? given : { ...given, ready: true, form: NO_FORM };
  const submit = () => {
    const variables = given.read(isByForm);
    if (!variables) return;
    const step: ScenarioStep = {
      type: way,
      ...choose(element, id, alone),
      ...(Object.keys(variables).length ? { variables } : {}),
      ...(way === "error" || way === "escalation" ? { code } : {}),
      ...((way === "error" || way === "fail") && message ? { message } : {}),
      ...(way === "fail" && retries !== "" ? { retries: Number(retries) } : {}),
    };
    void simulating.act(step);
  };
  return (
    <li data-waits={element}>
      <GivenFrame class="plain decide" given={shown} onSubmit={submit} label={name(element)}>
        <h2>{name(element)}</h2>
        <p class="small secondary">{what}</p>
        {failure && <p class="small wrong">{failure}</p>}
        {rests > 0 ? (
          <p class="small secondary">Is tried again in {duration(rests)}: let the time pass.</p>
        ) : (
          <>
            <div class="segments" role="group" aria-label="What comes of it">
              {ways.map((it) => (
                <button type="button" key={it} aria-pressed={way === it} onClick={() => setWay(it)}>
                  {WAYS[it]}
                </button>
              ))}
            </div>
            {(way === "error" || way === "escalation") && (
              <div class="field">
                <label for={`code-${id}`}>Code</label>
                <input
                  id={`code-${id}`}
                  class="input mono"
                  required
                  list={`codes-${id}`}
                  value={code}
                  autocomplete="off"
                  onInput={(event) => setCode(event.currentTarget.value)}
                />
                <datalist id={`codes-${id}`}>
                  {codes.map((it) => (
                    <option key={it} value={it} />
                  ))}
                </datalist>
              </div>
            )}
            {(way === "error" || way === "fail") && (
              <div class="field">
                <label for={`message-${id}`}>Message</label>
                <input
                  id={`message-${id}`}
                  class="input"
                  value={message}
                  autocomplete="off"
                  onInput={(event) => setMessage(event.currentTarget.value)}
                />
              </div>
            )}
            {way === "fail" && (
              <div class="field">
                <label for={`retries-${id}`}>Retries left</label>
                <input
                  id={`retries-${id}`}
                  class="input"
                  type="number"
                  min="0"
                  placeholder="as the model says"
                  value={retries}
                  onInput={(event) => setRetries(event.currentTarget.value)}
                />
              </div>
            )}
            {isByForm && <GivenFields given={given} id={`variables-${id}`} onSubmit={submit} />}
            <div>
              <GivenButton given={shown} onSubmit={submit} busy={simulating.busy}>
                {DEEDS[way]}
              </GivenButton>
            </div>
          </>
        )}
      </GivenFrame>
    </li>
  );
}

function Message({ simulating, name, it, alone }: Common & { it: Subscription; alone: boolean }) {
  const given = useGiven(NO_FORM);
  const signal = it.eventType === "signal";
  const send = () => {
    const variables = given.read();
    if (!variables) return;
    const step: ScenarioStep = signal
      ? { type: "signal", name: it.eventName, variables }
      : { type: "message", name: it.eventName, ...choose(it.activityId, it.id, alone), variables };
    void simulating.act(step);
  };
  return (
    <li data-waits={it.activityId}>
      <GivenFrame class="plain decide" given={given} onSubmit={send} label={name(it.activityId)}>
        <h2>{name(it.activityId)}</h2>
        <p class="small secondary">
          {signal ? "Signal" : "Message"} {it.eventName}
        </p>
        <GivenFields given={given} id={`variables-${it.id}`} onSubmit={send} />
        <div>
          <button type="submit" class="button" disabled={simulating.busy}>
            {signal ? "Send the signal" : "Send the message"}
          </button>
        </div>
      </GivenFrame>
    </li>
  );
}

function Timer({ simulating, name, it, alone }: Common & { it: SimulatedJob; alone: boolean }) {
  const left = it.dueDate ? Date.parse(it.dueDate) - Date.parse(simulating.last?.now ?? "") : 0;
  return (
    <li data-waits={it.activityId} class="decide">
      <h2>{name(it.activityId)}</h2>
      <p class="small secondary">{left > 0 ? `Due in ${duration(left)}` : "Due now"}</p>
      <div>
        <button
          type="button"
          class="button"
          disabled={simulating.busy}
          title="Without letting time pass"
          onClick={() => void simulating.act({ type: "timer", ...choose(it.activityId, it.id, alone) })}
        >
          Fire it now
        </button>
      </div>
    </li>
  );
}

function Stopped({ simulating, name, it, alone }: Common & { it: Incident; alone: boolean }) {
  return (
    <li data-waits={it.activityId} class="decide">
      <h2>{name(it.activityId)}</h2>
      <State look="incident" word="Incident" />
      <p class="small wrong">{it.incidentMessage}</p>
      <div>
        <button
          type="button"
          class="button"
          disabled={simulating.busy}
          onClick={() => void simulating.act({ type: "resolve", ...choose(it.activityId, it.id, alone) })}
        >
          Try again
        </button>
      </div>
    </li>
  );
}

const isAlone = (all: readonly { activityId: string }[]) => (it: { activityId: string }) =>
  all.filter((one) => one.activityId === it.activityId).length === 1;

/** The form of a user task, which sees what the instance knows. */
function taskFormOf({ draft, view }: Simulating, element: string): LoadedForm {
  const { resources = [] } = draft;
  // It may be a task of a process that was called.
  const bpmn = processFiles(draft).find((it) => it.includes(`id="${element}"`)) ?? draft.bpmn;
  const known = Object.assign({}, ...view.variables.values()) as Variables;
  return fillForm(draftForm(taskForm(bpmn, element), taskFormName(bpmn, element), resources), known);
}

export function WaitCards({
  simulating,
  name,
  answer,
  selected,
}: Common & { answer: Simulation; selected: string | null }) {
  const wanted = (it: { activityId: string }) => selected === null || it.activityId === selected;
  const common = { simulating, name };
  const people = answer.userTasks.map((it) => ({ ...it, activityId: it.taskDefinitionKey ?? "" }));
  const signalsAndMessages = answer.subscriptions.filter((it) => /^(message|signal|trigger)$/.test(it.eventType));
  return (
    <ul class="list waits">
      {answer.incidents.filter(wanted).map((it) => (
        <Stopped key={it.id} {...common} it={it} alone={isAlone(answer.incidents)(it)} />
      ))}
      {answer.externalTasks.filter(wanted).map((it) => (
        <Work
          key={it.id}
          {...common}
          element={it.activityId}
          id={it.id}
          alone={isAlone(answer.externalTasks)(it)}
          what={it.undoes === null ? `A worker on ${it.topicName}` : `A worker on ${it.topicName}, which undoes`}
          form={NO_FORM}
          ways={["complete", "error", "fail"]}
          notBefore={it.notBefore}
          failure={it.errorMessage}
        />
      ))}
      {people.filter(wanted).map((it) => (
        <Work
          key={it.id}
          {...common}
          element={it.activityId}
          id={it.id ?? it.activityId}
          alone={isAlone(people)(it)}
          what={it.assignee ? `${it.assignee} to do it` : "Somebody to do it"}
          form={taskFormOf(simulating, it.activityId)}
          ways={["complete", "error", "escalation"]}
        />
      ))}
      {signalsAndMessages.filter(wanted).map((it) => (
        <Message key={it.id} {...common} it={it} alone={isAlone(signalsAndMessages)(it)} />
      ))}
      {answer.jobs.filter(wanted).map((it) => (
        <Timer key={it.id} {...common} it={it} alone={isAlone(answer.jobs)(it)} />
      ))}
    </ul>
  );
}
