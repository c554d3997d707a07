/** Variables that somebody gives: by the form where there is one, else as JSON. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Variables } from "~/api/types";
import { Lazy } from "~/ui/Lazy";
import { Fields } from "./Fields";
import { JsonInput } from "./JsonInput";
import type { LoadedForm } from "./load";
import type { ReadSchemaForm } from "./schema/SchemaForm";
import { fieldsToVariables } from "./values";
import { parseObject, toVariables } from "./variables";

const schemaForm = () => import("./schema/SchemaForm").then((it) => it.SchemaForm);

export interface Given {
  form: LoadedForm;
  /** Whether everything is drawn, so that it can be read. */
  ready: boolean;
  texts: Record<string, string>;
  json: string;
  wrong: string | null;
  setText: (id: string, text: string) => void;
  setJson: (text: string) => void;
  setReader: (read: ReadSchemaForm | null) => void;
  /** Null when something that was entered is wrong, which then stands beside it. Without the form it reads the JSON only. */
  read: (withForm?: boolean) => Variables | null;
}

export function useGiven(form: LoadedForm): Given {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [reader, setReader] = useState<ReadSchemaForm | null>(null);
  const readForm = (): Variables | null => {
    if (!form.schema) return fieldsToVariables(form.fields, texts);
    const values = reader?.();
    return values ? toVariables(values) : null;
  };
  const read = (withForm = true) => {
    const parsed = parseObject(json);
    setWrong(parsed.ok ? null : parsed.message);
    const entered = withForm ? readForm() : {};
    return parsed.ok && entered ? { ...entered, ...toVariables(parsed.values) } : null;
  };
  return {
    form,
    ready: form.schema === null || reader !== null,
    texts,
    json,
    wrong,
    setText: (id, text) => setTexts((old) => ({ ...old, [id]: text })),
    setJson,
    setReader: (next) => setReader(() => next),
    read,
  };
}

/** The form itself. */
export function GivenForm({ given, onSubmit }: { given: Given; onSubmit: () => void }) {
  const { form } = given;
  if (form.schema)
    return (
      <Lazy
        load={schemaForm}
        props={{ schema: form.schema, data: form.data, onReady: given.setReader, onSubmit }}
        what="the form"
      />
    );
  return <Fields fields={form.fields} texts={given.texts} onText={given.setText} />;
}

/** Why values are to be given otherwise than by the form. */
export function FormNote({ form }: { form: LoadedForm }) {
  return form.note ? (
    <p class="note" role="note">
      {form.note}
    </p>
  ) : null;
}

/** The form and below it, as JSON, what no field asks for. */
export function GivenFields({ given, id, onSubmit }: { given: Given; id: string; onSubmit: () => void }) {
  const more = given.form.schema || given.form.fields.length > 0;
  return (
    <>
      <FormNote form={given.form} />
      <GivenForm given={given} onSubmit={onSubmit} />
      <JsonInput
        id={id}
        label={more ? "More variables (JSON)" : "Variables (JSON)"}
        text={given.json}
        message={given.wrong}
        onText={given.setJson}
        low
      />
    </>
  );
}

interface FrameProps {
  given: Given;
  onSubmit: () => void;
  class: string;
  label?: string;
  children: ComponentChildren;
}

/** The element around it: a form-js form is a form itself, and forms do not nest. Control and Enter send from everywhere. */
export function GivenFrame({ given, onSubmit, label, children, class: name }: FrameProps) {
  const send = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const frame = event.currentTarget as HTMLElement;
    if (frame instanceof HTMLFormElement) frame.requestSubmit();
    else onSubmit();
  };
  if (given.form.schema)
    return (
      <div class={name} role="group" aria-label={label} onKeyDown={send}>
        {children}
      </div>
    );
  const submit = (event: Event) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form class={name} aria-label={label} onKeyDown={send} onSubmit={submit}>
      {children}
    </form>
  );
}

interface ButtonProps {
  given: Given;
  onSubmit: () => void;
  busy: boolean;
  /** The keys that do it too. */
  keys?: string;
  children: ComponentChildren;
}

export function GivenButton({ given, onSubmit, busy, keys, children }: ButtonProps) {
  const isForm = given.form.schema === null;
  return (
    <button
      type={isForm ? "submit" : "button"}
      class="button primary"
      disabled={busy || !given.ready}
      title={keys}
      onClick={isForm ? undefined : onSubmit}
    >
      {children}
    </button>
  );
}
