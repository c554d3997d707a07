import { useState } from "preact/hooks";
import { changeGroup, createGroup, deleteGroup } from "~/api/identity";
import type { Group } from "~/api/types";
import { EditDialog } from "./EditDialog";
import { RoleChoices } from "./RoleChoices";
import { TextField } from "./TextField";

interface Props {
  /** None: a new one. */
  group: Group | null;
  onSaved: () => void;
  onClose: () => void;
}

export function GroupDialog({ group, onSaved, onClose }: Props) {
  const [id, setId] = useState(group?.id ?? "");
  const [name, setName] = useState(group?.name ?? "");
  const [roles, setRoles] = useState(group?.roles ?? []);
  const save = () => {
    const body = { id: id.trim(), name: name.trim() || null, type: group?.type ?? null, roles };
    return group ? changeGroup(body) : createGroup(body);
  };
  return (
    <EditDialog
      title={group ? `Change ${group.id}` : "New group"}
      deed={group ? "Save" : "Create the group"}
      save={save}
      onSaved={onSaved}
      onClose={onClose}
      {...(group && {
        remove: { label: `Delete ${group.id}`, warning: "Its members stay.", run: () => deleteGroup(group.id) },
      })}
    >
      {!group && (
        <TextField
          id="group-id"
          label="Id"
          value={id}
          onChange={setId}
          required
          hint="User tasks name it as candidate group; an OpenID provider names it in a claim."
        />
      )}
      <TextField id="group-name" label="Name" value={name} onChange={setName} />
      <RoleChoices chosen={roles} onChange={setRoles} />
    </EditDialog>
  );
}
