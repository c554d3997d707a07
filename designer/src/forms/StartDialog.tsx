import { useEffect, useState } from "preact/hooks";
import { definitionXml, submitStartForm } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { navigate, paths } from "~/frame/router";
import { Dialog } from "~/ui/Dialog";
import { Fields } from "./Fields";
import { ForeignForm } from "./ForeignForm";
import { type FormField, foreignStartForm, startForm } from "./formData";
import { fieldsToVariables } from "./values";
import { parseObject, toVariables } from "./variables";

type Mode = "form" | "json";

function JsonInput({
  text,
  message,
  onText,
}: {
  text: string;
  message: string | null;
  onText: (text: string) => void;
}) {
  return (
    <div class="field">
      <label for="start-json">Variables (JSON)</label>
      <textarea
        id="start-json"
        class="textarea"
        spellcheck={false}
        value={text}
        placeholder={'{"amount": 12}'}
        aria-invalid={message !== null}
        aria-describedby={message ? "start-json-wrong" : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {message && (
        <span class="wrong" id="start-json-wrong">
          {message}
        </span>
      )}
    </div>
  );
}

function Mode({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
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

/** Asks for variables and a business key, starts the instance and opens its page. */
export function StartDialog({ definition, onClose }: { definition: Definition; onClose: () => void }) {
  const [fields, setFields] = useState<FormField[]>([]);
  const [foreign, setForeign] = useState<string | null>(null);
  const [mode, setMode] = useState<Mode>("json");
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  const [businessKey, setBusinessKey] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    definitionXml(definition.id).then(
      (xml) => {
        const found = startForm(xml, definition.key);
        setFields(found);
        setForeign(found.length ? null : foreignStartForm(xml, definition.key));
        if (found.length) setMode("form");
      },
      (error: Error) => setFailed(error.message),
    );
  }, [definition.id]);

  const submit = async (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(mode === "json" ? json : "");
    setWrong(parsed.ok ? null : parsed.message);
    if (!parsed.ok) return;
    setBusy(true);
    setFailed(null);
    const variables = mode === "form" ? fieldsToVariables(fields, texts) : toVariables(parsed.values);
    try {
      const instance = await submitStartForm(definition.id, { variables, ...(businessKey ? { businessKey } : {}) });
      onClose();
      navigate(paths.instance(instance.id));
    } catch (error) {
      setFailed((error as Error).message);
      setBusy(false);
    }
  };

  return (
    <Dialog title={`Start ${definition.name ?? definition.key}`} onClose={onClose}>
      <form class="plain" onSubmit={(event) => void submit(event)}>
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
        <ForeignForm form={foreign} />
        {fields.length > 0 && <Mode mode={mode} onMode={setMode} />}
        {mode === "form" ? (
          <Fields fields={fields} texts={texts} onText={(id, text) => setTexts((old) => ({ ...old, [id]: text }))} />
        ) : (
          <JsonInput text={json} message={wrong} onText={setJson} />
        )}
        {failed && (
          <div class="note" role="alert">
            {failed}
          </div>
        )}
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            Start version {definition.version}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
