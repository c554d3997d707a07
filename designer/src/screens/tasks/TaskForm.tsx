import { useState } from "preact/hooks";
import { complete, resolve } from "~/api/tasks";
import type { UserTask } from "~/api/types";
import { processOf } from "~/diagram/withDiagram";
import { FormNote, GivenButton, GivenForm, GivenFrame, useGiven } from "~/forms/Given";
import { JsonInput } from "~/forms/JsonInput";
import type { LoadedForm } from "~/forms/load";
import { useSession, whyNot } from "~/frame/session";
import { toast } from "~/ui/toast";

interface Props {
  task: UserTask;
  form: LoadedForm;
  onDone: () => void;
}

/** What the task asks for. A delegated task is given back with it, any other is completed. */
export function TaskForm({ task, form, onDone }: Props) {
  const given = useGiven(form);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isDelegated = task.delegationState === "PENDING";
  const isDrawn = form.schema !== null || form.fields.length > 0;
  const missing = whyNot(useSession(), "task:work", {
    key: processOf(task.processDefinitionId),
    tenantId: task.tenantId,
  });
  const submit = () => {
    if (missing) return setFailed(missing);
    const variables = given.read();
    if (!variables) return;
    setBusy(true);
    setFailed(null);
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
  return (
    <GivenFrame class="task-form" given={given} onSubmit={submit}>
      <FormNote form={form} />
      <GivenForm given={given} onSubmit={submit} />
      {!isDrawn && task.processInstanceId && (
        <JsonInput label="Variables to set (JSON)" text={given.json} message={given.wrong} onText={given.setJson} />
      )}
      {failed && (
        <div class="note" role="alert">
          {failed}
        </div>
      )}
      {missing && (
        <p class="note" role="note">
          {missing}
        </p>
      )}
      <div class="row foot">
        <GivenButton given={given} onSubmit={submit} busy={busy} keys="Ctrl Enter">
          {isDelegated ? "Give back" : "Complete"}
        </GivenButton>
      </div>
    </GivenFrame>
  );
}
