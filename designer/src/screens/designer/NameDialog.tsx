import { useState } from "preact/hooks";
import { Dialog } from "~/ui/Dialog";
import { keyFromName } from "./blank";

/** A new process gets its name at its first deployment; the key follows the name until it is changed. */
export function NameDialog({
  onName,
  onClose,
}: {
  onName: (parts: { id: string; name: string }) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState("");
  const [key, setKey] = useState<string | null>(null);
  const id = key ?? (name ? keyFromName(name) : "");
  const submit = (event: Event) => {
    event.preventDefault();
    onName({ id, name });
  };
  return (
    <Dialog title="Name the process" onClose={onClose}>
      <form class="plain" onSubmit={submit}>
        <div class="field">
          <label for="process-name">Name</label>
          <input
            id="process-name"
            class="input"
            required
            autofocus
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            placeholder="Order fulfilment"
            autocomplete="off"
          />
        </div>
        <div class="field">
          <label for="process-key">Key</label>
          <input
            id="process-key"
            class="input mono"
            required
            pattern="[A-Za-z_][\w\-]*"
            value={id}
            onInput={(event) => setKey(event.currentTarget.value)}
            autocomplete="off"
          />
          <span class="hint">All its versions share the key; workers and callers use it.</span>
        </div>
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Deploy version 1
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
