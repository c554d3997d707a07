import { useState } from "preact/hooks";
import { definitionXml } from "~/api/definitions";
import { claim, complete, task, taskVariables, unclaim } from "~/api/tasks";
import { Fields } from "~/forms/Fields";
import { ForeignForm } from "~/forms/ForeignForm";
import { type FormField, foreignTaskForm, taskForm } from "~/forms/formData";
import { fieldsToVariables } from "~/forms/values";
import { parseObject, plain, show, toVariables } from "~/forms/variables";
import { paths } from "~/frame/router";
import { Failed, Loading, Until, useNow } from "~/ui/basics";
import { toast, toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";
import { me } from "./me";

async function load(id: string, signal: AbortSignal) {
  const one = await task(id, signal);
  const [xml, variables] = await Promise.all([definitionXml(one.processDefinitionId), taskVariables(id)]);
  const fields = taskForm(xml, one.taskDefinitionKey).map((field): FormField => {
    const known = variables[field.id];
    return known && known.value !== null ? { ...field, defaultValue: String(plain(known)) } : field;
  });
  const foreign = fields.length ? null : foreignTaskForm(xml, one.taskDefinitionKey);
  return { one, variables, fields, foreign };
}

interface Props {
  id: string;
  /** The address of the list. */
  list: string;
  onDone: () => void;
  onChange: () => void;
}

const USUAL_PRIORITY = 50;

function Deadlines({ due, priority }: { due: string | null; priority: number }) {
  const now = useNow();
  const parts = [
    due && (
      <>
        Due <Until at={due} now={now} />
      </>
    ),
    priority !== USUAL_PRIORITY && <>Priority {priority}</>,
  ].filter(Boolean);
  if (!parts.length) return null;
  return (
    <p class="small">
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && " · "}
          {part}
        </span>
      ))}
    </p>
  );
}

export function TaskPanel({ id, list, onDone, onChange }: Props) {
  const { value, error, reload } = useResource((signal) => load(id, signal), [id]);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  if (error && !value)
    return (
      <aside class="panel wide" aria-label="Task">
        <Failed what="this task" error={error} again={reload} />
      </aside>
    );
  if (!value)
    return (
      <aside class="panel wide" aria-label="Task">
        <Loading what="the task" />
      </aside>
    );
  const { one, fields, variables, foreign } = value;
  const after = (what: string, then: () => void) => () => {
    toast(what);
    then();
  };
  const assign = () => {
    if (!one.assignee && !me()) return toast("Say who you are first: «I am», at the top.", true);
    const change = one.assignee ? unclaim(id) : claim(id, me());
    change.then(
      after(one.assignee ? "Given back" : "Claimed", () => {
        reload();
        onChange();
      }),
      toastError,
    );
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(json);
    if (!parsed.ok) return toast(parsed.message, true);
    complete(id, { ...fieldsToVariables(fields, texts), ...toVariables(parsed.values) }).then(
      after("Completed", onDone),
      toastError,
    );
  };
  const context = Object.entries(variables)
    .filter(([name]) => !fields.some((it) => it.id === name))
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <aside class="panel wide" aria-label="Task">
      <form class="panel-body" onSubmit={submit}>
        <a class="back" href={list}>
          ‹ All tasks
        </a>
        <div class="row">
          <h2 class="grow clip">{one.name ?? one.taskDefinitionKey}</h2>
          <button type="button" class="button slim" onClick={assign}>
            {one.assignee ? "Give back" : "Claim"}
          </button>
        </div>
        <p class="secondary small">
          {one.assignee ? `Assigned to ${one.assignee}` : "Nobody has claimed it"} ·{" "}
          <a href={paths.instance(one.processInstanceId)}>Show the instance</a>
        </p>
        <Deadlines due={one.due} priority={one.priority} />
        {context.length > 0 && (
          <dl class="facts">
            {context.map(([name, it]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{show(it)}</dd>
              </div>
            ))}
          </dl>
        )}
        <Fields
          fields={fields}
          texts={texts}
          onText={(field, text) => setTexts((old) => ({ ...old, [field]: text }))}
        />
        <ForeignForm form={foreign} />
        {fields.length === 0 && (
          <div class="field">
            <label for="task-json">Variables to set (JSON)</label>
            <textarea
              id="task-json"
              class="textarea"
              spellcheck={false}
              value={json}
              onInput={(event) => setJson(event.currentTarget.value)}
              placeholder={'{"approved": true}'}
            />
          </div>
        )}
        <div class="row foot">
          <button type="submit" class="button primary">
            Complete
          </button>
        </div>
      </form>
    </aside>
  );
}
