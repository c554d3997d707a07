import { useState } from "preact/hooks";
import { submitStartForm } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { Failed, Loading } from "~/ui/basics";
import { useResource } from "~/ui/useResource";
import { Fields } from "./Fields";
import { ForeignForm } from "./ForeignForm";
import { loadStartForm } from "./load";
import { fieldsToVariables } from "./values";
import { parseObject, toVariables } from "./variables";

type Mode = "form" | "json";

interface JsonProps {
  label: string;
  text: string;
  message: string | null;
  onText: (text: string) => void;
}

/** Variables that no field asks for. */
export function JsonInput({ label, text, message, onText }: JsonProps) {
  return (
    <div class="field">
      <label for="form-json">{label}</label>
      <textarea
        id="form-json"
        class="textarea"
        spellcheck={false}
        value={text}
        placeholder={'{"amount": 12}'}
        aria-invalid={message !== null}
        aria-describedby={message ? "form-json-wrong" : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {message && (
        <span class="wrong" id="form-json-wrong">
          {message}
        </span>
      )}
    </div>
  );
}

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
  const [chosen, setMode] = useState<Mode | null>(null);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  const [businessKey, setBusinessKey] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (error && !form) return <Failed what="the start form" error={error} again={reload} />;
  if (!form) return <Loading what="the start form" />;
  const { fields, note } = form;
  const mode = chosen ?? (fields.length ? "form" : "json");

  const submit = async (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(mode === "json" || note ? json : "");
    setWrong(parsed.ok ? null : parsed.message);
    if (!parsed.ok) return;
    setBusy(true);
    setFailed(null);
    const given = mode === "form" ? fieldsToVariables(fields, texts) : {};
    try {
      const variables = { ...given, ...toVariables(parsed.values) };
      const instance = await submitStartForm(definition.id, { variables, ...(businessKey ? { businessKey } : {}) });
      onStarted({ id: instance.id, businessKey });
    } catch (refused) {
      setFailed((refused as Error).message);
      setBusy(false);
    }
  };
  return (
    <form class="start-form" onSubmit={(event) => void submit(event)}>
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
      <ForeignForm note={note} />
      {fields.length > 0 && <Modes mode={mode} onMode={setMode} />}
      {mode === "form" && (
        <Fields fields={fields} texts={texts} onText={(id, text) => setTexts((old) => ({ ...old, [id]: text }))} />
      )}
      {(mode === "json" || note) && <JsonInput label="Variables (JSON)" text={json} message={wrong} onText={setJson} />}
      {failed && (
        <div class="note" role="alert">
          {failed}
        </div>
      )}
      <footer>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={busy}>
          Start version {definition.version}
        </button>
      </footer>
    </form>
  );
}
