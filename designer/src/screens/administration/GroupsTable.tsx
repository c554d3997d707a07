import type { Group, User } from "~/api/types";
import { ActionsHead } from "~/ui/basics";

interface Props {
  rows: readonly Group[];
  users: readonly User[];
  onChoose: (group: Group) => void;
}

export function GroupsTable({ rows, users, onChoose }: Props) {
  return (
    <table class="table rows">
      <colgroup>
        <col />
        <col style={{ width: "30%" }} />
        <col style={{ width: "30%" }} />
        <col style={{ width: 100 }} />
      </colgroup>
      <thead>
        <tr>
          <th>Group</th>
          <th>Roles</th>
          <th>Members</th>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {rows.map((it) => {
          const members = users.filter((user) => user.groups.includes(it.id)).map((user) => user.id);
          return (
            <tr key={it.id}>
              <td class="at-1">
                <b>{it.id}</b> <span class="secondary">{it.name}</span>
              </td>
              <td class="at-2-all">{it.roles.join(", ") || <span class="secondary">none</span>}</td>
              <td class="secondary at-2-end" title={members.join(", ")}>
                {members.length > 3
                  ? `${members.slice(0, 3).join(", ")} and ${members.length - 3} more`
                  : members.join(", ")}
              </td>
              <td class="right at-1-end">
                <button type="button" class="button slim" aria-label={`Change ${it.id}`} onClick={() => onChoose(it)}>
                  Change
                </button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
