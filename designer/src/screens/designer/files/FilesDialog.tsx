import { useState } from "preact/hooks";
import type { DraftFile } from "~/api/drafts";
import "~/styles/editors.css";
import { Dialog } from "~/ui/Dialog";
import { download } from "../files";
import { kindOf, titleOf } from "./kinds";
import { type Files, isEditable } from "./useFiles";

interface Props {
  files: readonly DraftFile[];
  actions: Files;
  onAdd: () => void;
  onClose: () => void;
}

function Row({ file, actions, onEdit }: { file: DraftFile; actions: Files; onEdit: () => void }) {
  const kind = kindOf(file);
  const title = titleOf(file);
  return (
    <li data-file={file.name}>
      <span class="grow clip" title={file.name}>
        {title} <span class="small secondary">{kind}</span>
      </span>
      {isEditable(kind) && (
        <button type="button" class="button slim" aria-label={`Edit ${title}`} onClick={onEdit}>
          Edit
        </button>
      )}
      <button
        type="button"
        class="button slim quiet"
        aria-label={`Export ${title}`}
        onClick={() => download(file.name, file.content, "text/plain")}
      >
        Export
      </button>
      <button
        type="button"
        class="button slim quiet danger"
        aria-label={`Remove ${title}`}
        onClick={() => actions.remove(file.name)}
      >
        Remove
      </button>
    </li>
  );
}

/** What lies beside the diagram. */
export function FilesDialog({ files, actions, onAdd, onClose }: Props) {
  const [name, setName] = useState("");
  const leave = (act: () => void) => () => {
    onClose();
    act();
  };
  const title = name.trim();
  return (
    <Dialog title="Forms and decisions" onClose={onClose}>
      {files.length ? (
        <ul class="list files-list" aria-label="Beside the diagram">
          {files.map((it) => (
            <Row key={it.name} file={it} actions={actions} onEdit={leave(() => actions.edit(it.name))} />
          ))}
        </ul>
      ) : (
        <p class="secondary">
          Nothing lies beside the diagram yet. What is added here is saved, simulated and deployed with it.
        </p>
      )}
      <div class="field">
        <label for="new-file">Name of a new one</label>
        <input
          id="new-file"
          class="input"
          autocomplete="off"
          placeholder="Shipping costs"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <footer>
        <button type="button" class="button" onClick={leave(onAdd)}>
          Open files…
        </button>
        <button type="button" class="button" disabled={!title} onClick={leave(() => actions.add("decision", title))}>
          New decision
        </button>
        <button type="button" class="button" disabled={!title} onClick={leave(() => actions.add("form", title))}>
          New form
        </button>
      </footer>
    </Dialog>
  );
}
