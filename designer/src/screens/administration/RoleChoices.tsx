import { Choices } from "./Choices";
import { ROLES } from "./roles";

export function RoleChoices({ chosen, onChange }: { chosen: readonly string[]; onChange: (roles: string[]) => void }) {
  const choices = ROLES.map((it) => ({ id: it.id, hint: `may ${it.may}` }));
  return <Choices legend="Roles" choices={choices} chosen={chosen} onChange={onChange} />;
}
