import { useState } from "preact/hooks";
import { submitStartForm } from "~/api/definitions";
import type { Definition, Variables } from "~/api/types";
import { Failed, Loading } from "~/ui/basics";
import { useResource } from "~/ui/useResource";
import { FormNote, GivenButton, GivenForm, GivenFrame, useGiven } from "./Given";
import { JsonInput } from "./JsonInput";
import { type LoadedForm, loadStartForm } from "./load";

type Mode = "form" | "json";

function Modes({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
  return (
    <div class="segments" role="group" aria-label="How to give the variables">
      <button type="button" aria-pressed={mode === "form"} onClick={() => onMode("form")}>
        Form
      </button>
      <button type="button" aria-pressed={mode === "json"} onClick={() => onMode("json")}>
        JSON
      </button>
    </div>
  );
}

export interface Started {
  id: string;
  businessKey: string;
}

interface Props {
  definition: Definition;
  onStarted: (instance: Started) => void;
  onCancel: () => void;
}

/** Asks for a business key and for what the start event asks for, and starts the instance. */
export function StartForm({ definition, onStarted, onCancel }: Props) {
  const { value: form, error, reload } = useResource(() => loadStartForm(definition), [definition.id]);
  if (error && !form) return <Failed what="the start form" error={error} again={reload} />;
  if (!form) return <Loading what="the start form" />;
  return <Filled key={definition.id} form={form} {...{ definition, onStarted, onCancel }} />;
}

function Filled({ definition, form, onStarted, onCancel }: Props & { form: LoadedForm }) {
  const given = useGiven(form);
  const isDrawn = form.fields.length > 0 || form.schema !== null;
  const [mode, setMode] = useState<Mode>(isDrawn ? "form" : "json");
  const [businessKey, setBusinessKey] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isByForm = mode === "form";
  // What is hidden is not read.
  const shown = isByForm ? given : { ...given, ready: true, form: { ...form, schema: null } };

  const start = async (variables: Variables) => {
    setBusy(true);
    setFailed(null);
    try {
      const instance = await submitStartForm(definition.id, { variables, ...(businessKey ? { businessKey } : {}) });
      onStarted({ id: instance.id, businessKey });
    } catch (refused) {
      setFailed((refused as Error).message);
      setBusy(false);
    }
  };
  const submit = () => {
    const variables = given.read(isByForm);
    if (variables) void start(variables);
  };
  return (
    <GivenFrame class="start-form" given={shown} onSubmit={submit}>
      <div class="field">
        <label for="start-business-key">Business key</label>
        <input
          id="start-business-key"
          class="input"
          value={businessKey}
          autocomplete="off"
          placeholder="What people call it, e.g. order-1042"
          onInput={(event) => setBusinessKey(event.currentTarget.value)}
        />
      </div>
      <FormNote form={form} />
      {isDrawn && <Modes mode={mode} onMode={setMode} />}
      {isByForm ? (
        <GivenForm given={given} onSubmit={submit} />
      ) : (
        <JsonInput label="Variables (JSON)" text={given.json} message={given.wrong} onText={given.setJson} />
      )}
      {failed && (
        <div class="note" role="alert">
          {failed}
        </div>
      )}
      <footer>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <GivenButton given={shown} onSubmit={submit} busy={busy} keys="Ctrl Enter">
          Start version {definition.version}
        </GivenButton>
      </footer>
    </GivenFrame>
  );
}
