/** Variables that somebody gives: by the model's form where it has one, else as JSON. */

import { useState } from "preact/hooks";
import type { Variables } from "~/api/types";
import { Fields } from "~/forms/Fields";
import type { FormField } from "~/forms/formData";
import { fieldsToVariables } from "~/forms/values";
import { parseObject, toVariables } from "~/forms/variables";

export interface Given {
  fields: FormField[];
  texts: Record<string, string>;
  json: string;
  wrong: string | null;
  setText: (id: string, text: string) => void;
  setJson: (text: string) => void;
  /** Null when what was written is no object: `wrong` then says why. */
  read: () => Variables | null;
}

export function useGiven(fields: FormField[]): Given {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const read = () => {
    const parsed = parseObject(json);
    setWrong(parsed.ok ? null : parsed.message);
    return parsed.ok ? { ...fieldsToVariables(fields, texts), ...toVariables(parsed.values) } : null;
  };
  return {
    fields,
    texts,
    json,
    wrong,
    setText: (id, text) => setTexts((old) => ({ ...old, [id]: text })),
    setJson,
    read,
  };
}

export function GivenFields({ given, id }: { given: Given; id: string }) {
  const { fields, texts, json, wrong } = given;
  return (
    <>
      {fields.length > 0 && <Fields fields={fields} texts={texts} onText={given.setText} />}
      <div class="field">
        <label for={id}>{fields.length ? "More variables (JSON)" : "Variables (JSON)"}</label>
        <textarea
          id={id}
          class="textarea low"
          spellcheck={false}
          value={json}
          placeholder={'{"amount": 12}'}
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onInput={(event) => given.setJson(event.currentTarget.value)}
        />
        {wrong && (
          <span class="wrong" id={`${id}-wrong`}>
            {wrong}
          </span>
        )}
      </div>
    </>
  );
}
