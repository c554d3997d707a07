import { useState } from "preact/hooks";
import { complete, resolve } from "~/api/tasks";
import type { UserTask } from "~/api/types";
import { Fields } from "~/forms/Fields";
import { ForeignForm } from "~/forms/ForeignForm";
import type { LoadedForm } from "~/forms/load";
import { JsonInput } from "~/forms/StartForm";
import { fieldsToVariables } from "~/forms/values";
import { parseObject, toVariables } from "~/forms/variables";
import { toast } from "~/ui/toast";

interface Props {
  task: UserTask;
  form: LoadedForm;
  onDone: () => void;
}

/** What the task asks for. A delegated task is given back with it, any other is completed. */
export function TaskForm({ task, form: { fields, note }, onDone }: Props) {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isDelegated = task.delegationState === "PENDING";
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(json);
    setWrong(parsed.ok ? null : parsed.message);
    if (!parsed.ok) return;
    setBusy(true);
    setFailed(null);
    const variables = { ...fieldsToVariables(fields, texts), ...toVariables(parsed.values) };
    (isDelegated ? resolve(task.id, variables) : complete(task.id, variables)).then(
      () => {
        toast(isDelegated ? `Given back to ${task.owner ?? "nobody in particular"}` : "Completed");
        onDone();
      },
      (error: Error) => {
        setFailed(error.message);
        setBusy(false);
      },
    );
  };
  const sendFromAnywhere = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
      (event.currentTarget as HTMLFormElement).requestSubmit();
  };
  return (
    <form class="task-form" onSubmit={submit} onKeyDown={sendFromAnywhere}>
      <ForeignForm note={note} />
      <Fields fields={fields} texts={texts} onText={(id, text) => setTexts((old) => ({ ...old, [id]: text }))} />
      {(note || fields.length === 0) && (
        <JsonInput label="Variables to set (JSON)" text={json} message={wrong} onText={setJson} />
      )}
      {failed && (
        <div class="note" role="alert">
          {failed}
        </div>
      )}
      <div class="row foot">
        <button type="submit" class="button primary" disabled={busy} title="Ctrl Enter">
          {isDelegated ? "Give back" : "Complete"}
        </button>
      </div>
    </form>
  );
}
