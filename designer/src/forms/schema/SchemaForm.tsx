/** A form of form-js, drawn by its own viewer. A chunk of its own. */

import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "~/styles/schema-form.css";
import { Form } from "@bpmn-io/form-js-viewer";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Schema } from "./schema";

/** Reads what was entered; null when the viewer has found something wrong and says so at the fields. */
export type ReadSchemaForm = () => Record<string, unknown> | null;

interface Props {
  schema: Schema;
  /** What the fields and expressions of the form can see. */
  data: Record<string, unknown>;
  /** Called once it can be filled in; with null when it is gone. */
  onReady: (read: ReadSchemaForm | null) => void;
  /** A button of the form itself, or Enter in one of its fields. */
  onSubmit: () => void;
}

/** What is typed counts at once: else it is lost to a key that sends the form, and errors go away under the pointer. */
const AT_ONCE = { debounce: false };

function focusFirstFault(box: HTMLElement | null): void {
  box?.querySelector<HTMLElement>(".fjs-has-errors :is(input, textarea, [tabindex])")?.focus();
}

export function SchemaForm({ schema, data, onReady, onSubmit }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const submit = useRef(onSubmit);
  submit.current = onSubmit;
  const [failed, setFailed] = useState<string | null>(null);
  // The viewer draws with Preact too. An effect that is late runs inside the next drawing of this component, which the
  // viewer's own then confuses: it would run once more, and the form be there twice.
  useLayoutEffect(() => {
    if (!box.current) return;
    const options = { container: box.current, ...AT_ONCE };
    const form = new Form(options);
    let reading = false;
    const read = () => {
      reading = true;
      const { data: values, errors } = form.submit();
      reading = false;
      if (!Object.keys(errors).length) return values;
      focusFirstFault(box.current);
      return null;
    };
    // The viewer fires the same event when it is read.
    form.on("submit", () => !reading && submit.current());
    form.importSchema(schema, data).then(
      () => onReady(read),
      (error: Error) => setFailed(error.message),
    );
    return () => {
      onReady(null);
      form.destroy();
    };
    // A task that is loaded again has the same form: what was entered stays.
  }, [JSON.stringify(schema)]);
  return (
    <>
      {failed && (
        <p class="note" role="alert">
          This form cannot be drawn: {failed}
        </p>
      )}
      <div class="schema-form" ref={box} />
    </>
  );
}
