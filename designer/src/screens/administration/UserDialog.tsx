import { useState } from "preact/hooks";
import { changeProfile, createUser, deleteUser, type Profile, setGroups, setRoles } from "~/api/identity";
import type { Group, User } from "~/api/types";
import { Choices } from "./Choices";
import { EditDialog } from "./EditDialog";
import { PasswordField } from "./PasswordField";
import { RoleChoices } from "./RoleChoices";
import { SigningIn } from "./SigningIn";
import { TextField } from "./TextField";

interface Props {
  /** None: somebody new. */
  user: User | null;
  groups: readonly Group[];
  onSaved: () => void;
  onChanged: () => void;
  onClose: () => void;
}

const orNull = (text: string) => text.trim() || null;

export function UserDialog({ user, groups, onSaved, onChanged, onClose }: Props) {
  const [id, setId] = useState(user?.id ?? "");
  const [firstName, setFirstName] = useState(user?.firstName ?? "");
  const [lastName, setLastName] = useState(user?.lastName ?? "");
  const [email, setEmail] = useState(user?.email ?? "");
  const [password, setPassword] = useState("");
  const [roles, chooseRoles] = useState(user?.roles ?? []);
  const [members, chooseGroups] = useState(user?.groups ?? []);
  const known = [...groups.map((it) => it.id), ...(user?.groups ?? [])];
  const save = async () => {
    const profile: Profile = {
      id: id.trim(),
      firstName: orNull(firstName),
      lastName: orNull(lastName),
      email: orNull(email),
    };
    if (user) {
      await changeProfile(profile);
      await setRoles(user.id, roles);
    } else {
      await createUser(profile, password || null, roles);
    }
    await setGroups(profile.id, user?.groups ?? [], members);
  };
  return (
    <EditDialog
      title={user ? `Change ${user.id}` : "New user"}
      deed={user ? "Save" : "Create the user"}
      save={save}
      onSaved={onSaved}
      onClose={onClose}
      {...(user && {
        remove: {
          label: `Delete ${user.id}`,
          warning: "The sessions end, tasks stay.",
          run: () => deleteUser(user.id),
        },
      })}
    >
      {!user && <TextField id="user-id" label="Name to sign in with" value={id} onChange={setId} required />}
      <div class="pair">
        <TextField id="user-first" label="First name" value={firstName} onChange={setFirstName} />
        <TextField id="user-last" label="Last name" value={lastName} onChange={setLastName} />
      </div>
      <TextField id="user-mail" label="Mail address" value={email} onChange={setEmail} type="email" />
      {!user && <PasswordField value={password} onChange={setPassword} />}
      <RoleChoices chosen={roles} onChange={chooseRoles} />
      <Choices
        legend={user?.byProvider ? "Groups, as the provider says at each sign-in" : "Groups"}
        choices={[...new Set(known)].map((group) => ({
          id: group,
          hint: groups.find((it) => it.id === group)?.roles.join(", "),
        }))}
        chosen={members}
        onChange={chooseGroups}
        empty="There is no group yet."
      />
      {user && <SigningIn user={user} onChanged={onChanged} />}
    </EditDialog>
  );
}
