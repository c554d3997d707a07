import { useState } from "preact/hooks";
import type { AuditEntry } from "~/api/types";
import { paths } from "~/frame/router";
import { Dialog } from "~/ui/Dialog";
import { absolute } from "~/ui/format";
import { JsonTree } from "~/ui/JsonTree";
import { type Look, State } from "~/ui/state";
import { actorOf, OUTCOMES } from "./filters";

const LOOKS: Record<AuditEntry["outcome"], Look> = { ordered: "done", refused: "cancelled", failed: "incident" };

function Outcome({ outcome }: { outcome: AuditEntry["outcome"] }) {
  return <State look={LOOKS[outcome]} word={OUTCOMES.find((it) => it.id === outcome)?.label ?? outcome} />;
}

function Values({ name, value }: { name: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  return <JsonTree name={name} value={value} />;
}

/** Everything that is known of one entry. */
function EntryDialog({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const facts: [string, string | null][] = [
    ["Who", actorOf(entry)],
    ["When", absolute(entry.at)],
    ["From", entry.address],
    ["What", entry.action],
    ["To what", entry.target],
    ["Why not", entry.reason],
    ["Follows", entry.follows],
    ["Hash", entry.hash],
  ];
  return (
    <Dialog title={`Entry ${entry.id}`} onClose={onClose}>
      <dl class="facts">
        <div>
          <dt>Outcome</dt>
          <dd>
            <Outcome outcome={entry.outcome} />
          </dd>
        </div>
        {facts
          .filter(([, text]) => text)
          .map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class={name === "Hash" ? "mono small" : ""}>{text}</dd>
            </div>
          ))}
        {entry.processInstanceId && (
          <div>
            <dt>Instance</dt>
            <dd>
              <a href={paths.instance(entry.processInstanceId)}>{entry.processInstanceId}</a>
            </dd>
          </div>
        )}
      </dl>
      {entry.erased ? (
        <p class="secondary">What was before and after has been erased.</p>
      ) : (
        <>
          <Values name="Before" value={entry.before} />
          {Object.entries((entry.after ?? {}) as Record<string, unknown>).map(([part, value]) => (
            <Values key={part} name={`Ordered, ${part}`} value={value} />
          ))}
        </>
      )}
    </Dialog>
  );
}

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const [open, setOpen] = useState<AuditEntry | null>(null);
  return (
    <>
      <table class="table rows">
        <colgroup>
          <col style={{ width: 248 }} />
          <col style={{ width: "18%" }} />
          <col />
          <col style={{ width: "30%" }} />
          <col style={{ width: 120 }} />
        </colgroup>
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>To what</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((it) => (
            <tr key={it.id}>
              <td class="at-2-end secondary numbers">
                <time dateTime={it.at}>{absolute(it.at)}</time>
              </td>
              <td class="at-2" title={it.address}>
                {actorOf(it)}
              </td>
              <td class="at-1">
                <button type="button" class="linkish" onClick={() => setOpen(it)}>
                  {it.action}
                </button>
              </td>
              <td class="secondary" title={it.target}>
                {it.target}
              </td>
              <td class="at-1-end">
                <Outcome outcome={it.outcome} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open && <EntryDialog entry={open} onClose={() => setOpen(null)} />}
    </>
  );
}
