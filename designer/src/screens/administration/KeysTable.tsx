import { useState } from "preact/hooks";
import { deleteApiKey } from "~/api/identity";
import type { ApiKey } from "~/api/types";
import { ActionsHead, Ago, useNow } from "~/ui/basics";
import { Dialog } from "~/ui/Dialog";
import { absolute, roughly } from "~/ui/format";
import { State } from "~/ui/state";
import { useDeed } from "./useDeed";

function End({ apiKey, now }: { apiKey: ApiKey; now: number }) {
  if (!apiKey.endsAt) return <span class="secondary">never</span>;
  if (Date.parse(apiKey.endsAt) <= now) return <State look="cancelled" word="Has ended" />;
  return <time title={absolute(apiKey.endsAt)}>in {roughly(Date.parse(apiKey.endsAt) - now)}</time>;
}

function Revoke({ apiKey, onDone, onClose }: { apiKey: ApiKey; onDone: () => void; onClose: () => void }) {
  const { busy, wrong, run } = useDeed();
  const revoke = async () => {
    if (await run(() => deleteApiKey(apiKey.id))) onDone();
  };
  return (
    <Dialog title={`Revoke ${apiKey.name}?`} onClose={onClose}>
      <p>Programs that use it are refused from now on. It cannot be brought back.</p>
      {wrong && (
        <div class="note" role="alert">
          {wrong}
        </div>
      )}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Keep
        </button>
        <button type="button" class="button danger" disabled={busy} onClick={() => void revoke()}>
          Revoke {apiKey.name}
        </button>
      </footer>
    </Dialog>
  );
}

export function KeysTable({ rows, onChanged }: { rows: readonly ApiKey[]; onChanged: () => void }) {
  const now = useNow();
  const [chosen, setChosen] = useState<ApiKey | null>(null);
  const close = () => setChosen(null);
  return (
    <>
      <table class="table rows">
        <colgroup>
          <col />
          <col style={{ width: "22%" }} />
          <col style={{ width: "22%" }} />
          <col style={{ width: 130 }} />
          <col style={{ width: 160 }} />
          <col style={{ width: 100 }} />
        </colgroup>
        <thead>
          <tr>
            <th>Key</th>
            <th>Roles</th>
            <th>Topics</th>
            <th>End</th>
            <th>Created</th>
            <ActionsHead />
          </tr>
        </thead>
        <tbody>
          {rows.map((it) => (
            <tr key={it.id}>
              <td class="at-1">
                <b>{it.name}</b> <span class="secondary mono">{it.id}</span>
              </td>
              <td class="at-2-all" title={it.roles.join(", ")}>
                {it.roles.join(", ")}
              </td>
              <td class="secondary" title={it.topics.join(", ")}>
                {it.topics.join(", ") || (it.roles.includes("worker") ? "all" : "")}
              </td>
              <td class="at-2-end">
                <End apiKey={it} now={now} />
              </td>
              <td class="secondary">
                <Ago at={it.createdAt} now={now} /> {it.createdBy && `by ${it.createdBy}`}
              </td>
              <td class="right at-1-end">
                <button
                  type="button"
                  class="button slim"
                  aria-label={`Revoke ${it.name}`}
                  onClick={() => setChosen(it)}
                >
                  Revoke
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {chosen && (
        <Revoke
          apiKey={chosen}
          onClose={close}
          onDone={() => {
            close();
            onChanged();
          }}
        />
      )}
    </>
  );
}
