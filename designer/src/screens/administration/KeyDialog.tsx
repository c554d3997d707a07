import { useState } from "preact/hooks";
import { createApiKey } from "~/api/identity";
import type { ApiKey } from "~/api/types";
import { CloseFooter } from "~/ui/CloseFooter";
import { Dialog } from "~/ui/Dialog";
import { MomentInput } from "~/ui/moment/MomentInput";
import { EditDialog } from "./EditDialog";
import { RoleChoices } from "./RoleChoices";
import { Secret } from "./Secret";
import { TextField } from "./TextField";

const names = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** Makes a key, then shows it: this once. */
export function KeyDialog({ onChanged, onClose }: { onChanged: () => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [topics, setTopics] = useState("");
  const [until, setUntil] = useState("");
  const [made, setMade] = useState<ApiKey | null>(null);
  // Through the last day, where the administrator is.
  const endsAt = until ? new Date(`${until}T23:59:59`).toISOString() : null;
  if (made) {
    return (
      <Dialog title={`The key ${made.name}`} onClose={onClose}>
        <Secret label="Key" value={made.key ?? ""} hint="It is shown this once. Programs send it as BATON_API_KEY." />
        <CloseFooter onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <EditDialog
      title="New API key"
      deed="Create the key"
      save={async () => setMade(await createApiKey(name, roles, names(topics), endsAt))}
      onSaved={onChanged}
      onClose={onClose}
    >
      <TextField id="key-name" label="Name" value={name} onChange={setName} required hint="What the key is for." />
      <RoleChoices chosen={roles} onChange={setRoles} />
      {roles.includes("worker") && (
        <TextField
          id="key-topics"
          label="Topics"
          value={topics}
          onChange={setTopics}
          hint="Those that it may fetch, with commas; none: all."
        />
      )}
      <div class="field">
        <label for="key-until">Good until</label>
        <MomentInput id="key-until" kind="date" value={until} onChange={setUntil} describedBy="key-until-hint" />
        <span class="hint" id="key-until-hint">
          Empty: without end.
        </span>
      </div>
    </EditDialog>
  );
}
