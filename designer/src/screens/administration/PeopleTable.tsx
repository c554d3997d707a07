import type { User } from "~/api/types";
import { ActionsHead, Ago, useNow } from "~/ui/basics";
import { State } from "~/ui/state";

const fullName = (user: User) => [user.firstName, user.lastName].filter(Boolean).join(" ");

function Standing({ user }: { user: User }) {
  if (user.disabled) return <State look="cancelled" word="Disabled" />;
  if (user.byProvider) return <State look="done" word="By the provider" />;
  return user.hasPassword ? <State look="done" word="By password" /> : <State look="waiting" word="No password" />;
}

export function PeopleTable({ rows, onChoose }: { rows: readonly User[]; onChoose: (user: User) => void }) {
  const now = useNow();
  return (
    <table class="table rows">
      <colgroup>
        <col />
        <col style={{ width: "24%" }} />
        <col style={{ width: "22%" }} />
        <col style={{ width: 150 }} />
        <col style={{ width: 110 }} />
        <col style={{ width: 100 }} />
      </colgroup>
      <thead>
        <tr>
          <th>Name</th>
          <th>Roles</th>
          <th>Groups</th>
          <th>Signs in</th>
          <th>Created</th>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {rows.map((it) => (
          <tr key={it.id}>
            <td class="at-1" title={fullName(it) || undefined}>
              <b>{it.id}</b> <span class="secondary">{fullName(it)}</span>
            </td>
            <td class="at-2-all" title={it.roles.join(", ")}>
              {it.roles.join(", ") || <span class="secondary">none of their own</span>}
            </td>
            <td class="secondary" title={it.groups.join(", ")}>
              {it.groups.join(", ")}
            </td>
            <td class="at-2-end">
              <Standing user={it} />
            </td>
            <td class="secondary">
              <Ago at={it.createdAt} now={now} />
            </td>
            <td class="right at-1-end">
              <button type="button" class="button slim" aria-label={`Change ${it.id}`} onClick={() => onChoose(it)}>
                Change
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
