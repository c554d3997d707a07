import { useState } from "preact/hooks";
import { isAsked } from "~/api/approvals";
import { incidents, resolveIncidents, skipIncident, stackOf } from "~/api/incidents";
import { modifyVariables } from "~/api/operations";
import type { InstanceEvent, Variables } from "~/api/types";
import { parseObject, plain, toVariables } from "~/forms/variables";
import type { Whose } from "~/frame/session";
import type { IncidentView } from "~/live/view";
import { Ago, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { changesOf } from "./changes";

interface Props {
  instance: string;
  incident: IncidentView;
  events: readonly InstanceEvent[];
  /** The instance's variables, to be edited before the step is tried again. */
  variables: Variables;
  /** False while the past is shown: it cannot be changed. */
  live: boolean;
  whose: Whose;
  name: (element: string) => string;
  onSelect?: (element: string) => void;
}

type Open = "edit" | "skip" | null;

/** How often the work was tried, and by whom last. */
function attemptsOf(incident: IncidentView, events: readonly InstanceEvent[]) {
  const failures = events.filter(
    (it) => it.type === "ExternalTaskFailed" && it.token === incident.token && it.at <= incident.at,
  );
  return { count: failures.length, worker: failures.at(-1)?.data.worker as string | undefined };
}

function Stack({ instance, incident }: { instance: string; incident: IncidentView }) {
  const [text, setText] = useState<string>();
  const load = async () => {
    const found = (await incidents({ processInstanceId: instance })).find((it) => it.id === incident.id);
    setText((found && (await stackOf(found))) || "Nothing more was reported.");
  };
  return (
    <details onToggle={(event) => event.currentTarget.open && text === undefined && void load().catch(toastError)}>
      <summary>Details</summary>
      <pre class="stack" tabIndex={0}>
        {text ?? "…"}
      </pre>
    </details>
  );
}

function JsonDialog(props: {
  title: string;
  label: string;
  hint: string;
  button: string;
  start: string;
  onSave: (values: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}) {
  const [text, setText] = useState(props.start);
  const [wrong, setWrong] = useState<string>();
  const save = (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(text);
    if (!parsed.ok) return setWrong(parsed.message);
    props.onSave(parsed.values).then(props.onClose, (error: Error) => setWrong(error.message));
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form class="plain" onSubmit={save}>
        <div class="field">
          <label for="incident-json">{props.label}</label>
          <textarea
            id="incident-json"
            class="textarea"
            rows={12}
            spellcheck={false}
            aria-invalid={wrong !== undefined}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {wrong ? (
            <span class="wrong" role="alert">
              {wrong}
            </span>
          ) : (
            <span class="hint">{props.hint}</span>
          )}
        </div>
        <footer>
          <button type="button" class="button" onClick={props.onClose}>
            Leave it as it is
          </button>
          <button type="submit" class="button primary">
            {props.button}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** What went wrong at an element, and all that can be done about it. */
export function IncidentCard({ instance, incident, events, variables, live, name, onSelect, whose }: Props) {
  const now = useNow();
  const [open, setOpen] = useState<Open>(null);
  const element = name(incident.element);
  const { count, worker } = attemptsOf(incident, events);
  const close = () => setOpen(null);
  const changes = { needs: "incident:update", whose };
  const retry = () => resolveIncidents([incident.id]).then(() => toast(`Retrying ${element}`));
  const before = Object.fromEntries(Object.entries(variables).map(([key, it]) => [key, plain(it)]));
  return (
    <section class="incident" aria-label={`Incident at ${element}`}>
      <div class="line">
        {onSelect ? (
          <button type="button" class="linkish grow clip" onClick={() => onSelect(incident.element)}>
            <State look="incident" word={element} />
          </button>
        ) : (
          <span class="grow">
            <State look="incident" word="Incident" />
          </span>
        )}
        <span class="small secondary">
          <Ago at={incident.at} now={now} />
        </span>
      </div>
      <p class="message">{incident.message}</p>
      {count > 0 && (
        <p class="small secondary">
          {plural(count, "attempt")}
          {worker && <>, the last one by {worker}</>}
        </p>
      )}
      <Stack instance={instance} incident={incident} />
      {live && (
        <div class="row">
          <Deed {...changes} class="button slim primary" onClick={() => void retry().catch(toastError)}>
            Retry
          </Deed>
          <Deed {...changes} class="button slim" onClick={() => setOpen("edit")}>
            Edit and retry…
          </Deed>
          <Deed {...changes} class="button slim" onClick={() => setOpen("skip")}>
            Skip…
          </Deed>
        </div>
      )}
      {open === "edit" && (
        <JsonDialog
          title={`Edit and retry ${element}`}
          label="Variables of the instance (JSON)"
          hint="Only what you change is written. Then the step is tried again."
          button={`Save and retry ${element}`}
          start={JSON.stringify(before, null, 2)}
          onSave={async (after) => {
            const { set, removed } = changesOf(before, after);
            if (Object.keys(set).length || removed.length) await modifyVariables(instance, toVariables(set), removed);
            await retry();
          }}
          onClose={close}
        />
      )}
      {open === "skip" && (
        <JsonDialog
          title={`Skip ${element}`}
          label="Results that it would have given (JSON)"
          hint="The instance goes on as if the work had been done with these results."
          button={`Skip ${element}`}
          start="{}"
          onSave={(values) =>
            skipIncident(incident.id, toVariables(values)).then((answer) => {
              if (!isAsked(answer)) toast(`Skipped ${element}`);
            })
          }
          onClose={close}
        />
      )}
    </section>
  );
}
