import { State } from "~/ui/state";
import type { Row } from "./rows";

interface Props {
  rows: readonly Row[];
  names: { from: Map<string, string>; to: Map<string, string> };
  /** The version to go on in. */
  version: number;
  onMap: (from: string, to: string | null) => void;
}

const NOTHING = "";

/** From which element to which, what is wrong, and the choice by hand. */
export function PlanTable({ rows, names, version, onMap }: Props) {
  const from = (id: string) => names.from.get(id) ?? id;
  const to = (id: string) => names.to.get(id) ?? id;
  return (
    <div class="plan-table">
      <table class="table">
        <thead>
          <tr>
            <th>Element</th>
            <th class="right">Tokens now</th>
            <th>Becomes in version {version}</th>
            <th>What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((it) => (
            <tr key={it.from}>
              <td title={it.from}>{from(it.from)}</td>
              <td class="right numbers">{it.tokens || <span class="secondary">0</span>}</td>
              <td>
                <select
                  class="select"
                  aria-label={`What ${from(it.from)} becomes`}
                  value={it.to ?? NOTHING}
                  onChange={(event) => onMap(it.from, event.currentTarget.value || null)}
                >
                  <option value={NOTHING}>Nothing</option>
                  {it.targets.map((id) => (
                    <option key={id} value={id}>
                      {to(id)}
                    </option>
                  ))}
                </select>
              </td>
              <td class="small why">
                {it.wrong && (it.to || it.tokens > 0) && <State look="incident" word={it.wrong} />}
                {it.wrong && !it.to && !it.tokens && <span class="secondary">{it.wrong}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
