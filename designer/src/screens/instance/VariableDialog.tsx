import { useState } from "preact/hooks";
import { modifyVariables } from "~/api/operations";
import { toVariable } from "~/forms/variables";
import { Dialog } from "~/ui/Dialog";
import { toast, toastError } from "~/ui/toast";

export interface Editing {
  name: string;
  text: string;
  isNew: boolean;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Sets or removes one variable of the instance. */
export function VariableDialog({
  start,
  instance,
  onClose,
}: {
  start: Editing;
  instance: string;
  onClose: () => void;
}) {
  const [name, setName] = useState(start.name);
  const [text, setText] = useState(start.text);
  const save = (event: Event) => {
    event.preventDefault();
    modifyVariables(instance, { [name]: toVariable(parseValue(text)) }).then(() => {
      toast(`Set ${name}`);
      onClose();
    }, toastError);
  };
  const remove = () =>
    modifyVariables(instance, {}, [name]).then(() => {
      toast(`Removed ${name}`);
      onClose();
    }, toastError);
  return (
    <Dialog title={start.isNew ? "Add a variable" : `Change ${start.name}`} onClose={onClose}>
      <form class="plain" onSubmit={save}>
        {start.isNew && (
          <div class="field">
            <label for="variable-name">Name</label>
            <input
              id="variable-name"
              class="input"
              required
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </div>
        )}
        <div class="field">
          <label for="variable-value">Value</label>
          <textarea
            id="variable-value"
            class="textarea"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <span class="hint">JSON, or plain text.</span>
        </div>
        <footer>
          {!start.isNew && (
            <button type="button" class="button danger" onClick={() => void remove()}>
              Remove
            </button>
          )}
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Set {name || "it"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
