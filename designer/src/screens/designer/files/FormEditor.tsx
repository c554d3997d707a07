/** Draws a form with the editor of form-js. A chunk of its own. */

import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor-base.css";
import "@bpmn-io/form-js-editor/dist/assets/dragula.css";
import "~/styles/schema-form.css";
import { FormEditor as Editor } from "@bpmn-io/form-js-editor";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { DraftFile } from "~/api/drafts";
import { JsonInput } from "~/forms/JsonInput";
import { SchemaForm } from "~/forms/schema/SchemaForm";
import { parseSchema, type Schema, writeSchema } from "~/forms/schema/schema";
import { parseObject } from "~/forms/variables";
import { EditorFrame } from "./EditorFrame";

const nothing = () => undefined;

/** The form as people will see it, with the variables that they would have. */
function Preview({ schema }: { schema: Schema }) {
  const [json, setJson] = useState("");
  const parsed = parseObject(json);
  const [data, setData] = useState<Record<string, unknown>>({});
  return (
    <div class="editor-body">
      <div class="form-preview">
        <SchemaForm key={JSON.stringify(data)} schema={schema} data={data} onReady={nothing} onSubmit={nothing} />
      </div>
      <aside class="panel editor-side" aria-label="Preview">
        <form
          class="plain"
          onSubmit={(event) => {
            event.preventDefault();
            if (parsed.ok) setData(parsed.values);
          }}
        >
          <h2 class="small-title">Shown with</h2>
          <JsonInput
            id="preview-variables"
            label="Variables (JSON)"
            text={json}
            message={parsed.ok ? null : parsed.message}
            onText={setJson}
            low
          />
          <div>
            <button type="submit" class="button" disabled={!parsed.ok}>
              Show it
            </button>
          </div>
        </form>
      </aside>
    </div>
  );
}

interface Props {
  file: DraftFile;
  onChange: (content: string) => void;
  onDone: () => void;
}

export function FormEditor({ file, onChange, onDone }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [schema, setSchema] = useState<Schema | null>(null);
  const [preview, setPreview] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const change = useRef(onChange);
  change.current = onChange;
  // As in SchemaForm: it draws with Preact too, so it must not begin inside a drawing.
  useLayoutEffect(() => {
    if (!box.current) return;
    const made = new Editor({ container: box.current });
    editor.current = made;
    const open = async () => {
      const read = parseSchema(file.content);
      await made.importSchema(read);
      setSchema(read);
      made.on("changed", () => {
        const next = made.saveSchema() as Schema;
        setSchema(next);
        change.current(writeSchema(next));
      });
    };
    open().catch((error: Error) => setFailed(error.message));
    return () => made.destroy();
  }, [file.name]);
  return (
    <EditorFrame
      kind="Form"
      title={schema?.id ?? file.name}
      onDone={onDone}
      tools={
        <div class="segments" role="group" aria-label="How the form is shown">
          <button type="button" aria-pressed={!preview} onClick={() => setPreview(false)}>
            Draw
          </button>
          <button type="button" aria-pressed={preview} disabled={!schema} onClick={() => setPreview(true)}>
            Preview
          </button>
        </div>
      }
    >
      {failed && (
        <p class="note" role="alert">
          {failed}
        </p>
      )}
      <div class="schema-editor" ref={box} hidden={preview} />
      {preview && schema && <Preview schema={schema} />}
    </EditorFrame>
  );
}
