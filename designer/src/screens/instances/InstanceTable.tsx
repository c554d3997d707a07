import type { Header } from "~/api/types";
import { paths, setQuery } from "~/frame/router";
import { headerCounts } from "~/live/view";
import { Ago, useNow } from "~/ui/basics";
import { duration, shortId } from "~/ui/format";
import { State, stateOf } from "~/ui/state";
import { type Names, useNames } from "../useNames";

interface Props {
  rows: Header[];
  fresh: ReadonlySet<string>;
  sortBy: string;
  sortOrder: string;
  /** Ids of the chosen instances; without `onChoose` none can be chosen. */
  chosen?: ReadonlySet<string>;
  onChoose?: (chosen: ReadonlySet<string>) => void;
}

const NONE: ReadonlySet<string> = new Set();

function Where({ header, names }: { header: Header; names: Names }) {
  const counts = headerCounts(header);
  if (!counts.length)
    return (
      <span class="secondary">
        {header.endElement ? names(header.definitionId, header.endElement) : (header.reason ?? "")}
      </span>
    );
  return (
    <span class="where">
      {counts.map(([element, count]) => (
        <span key={element}>
          {names(header.definitionId, element)}
          {count > 1 && <span class="count"> ×{count}</span>}
        </span>
      ))}
    </span>
  );
}

function toggle(chosen: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  if (on) next.add(id);
  else next.delete(id);
  return next;
}

interface LineProps extends Pick<Props, "chosen" | "onChoose"> {
  header: Header;
  now: number;
  names: Names;
  fresh: boolean;
}

function Line({ header, now, names, fresh, chosen = NONE, onChoose }: LineProps) {
  const { look, word } = stateOf(header);
  const end = header.endedAt ? Date.parse(header.endedAt) : now;
  return (
    <tr class={fresh ? "is-new" : ""}>
      {onChoose && (
        <td class="choose">
          <input
            type="checkbox"
            aria-label={`Choose ${header.businessKey ?? shortId(header.id)}`}
            checked={chosen.has(header.id)}
            onChange={(event) => onChoose(toggle(chosen, header.id, event.currentTarget.checked))}
          />
        </td>
      )}
      <td class="at-1-end">
        <State look={look} word={word} />
      </td>
      <td class="at-1">
        <a class="name" href={paths.instance(header.id)} title={header.id}>
          {header.businessKey ?? <span class="mono">{shortId(header.id)}</span>}
        </a>
      </td>
      <td class="at-2">
        {header.definitionKey} <span class="secondary numbers">v{header.definitionId.split(":")[1] ?? "?"}</span>
      </td>
      <td class="at-2-more">
        <Where header={header} names={names} />
      </td>
      <td class="secondary at-2-end">
        <Ago at={header.startedAt} now={now} />
      </td>
      <td class="right">{duration(end - Date.parse(header.startedAt))}</td>
    </tr>
  );
}

function SortHead({
  id,
  label,
  right,
  sortBy,
  sortOrder,
}: {
  id: string;
  label: string;
  right?: boolean;
  sortBy: string;
  sortOrder: string;
}) {
  const mine = sortBy === id;
  const sort = () => setQuery({ sort: id, order: mine && sortOrder === "desc" ? "asc" : "desc", page: null });
  return (
    <th class={right ? "right" : ""} aria-sort={mine ? (sortOrder === "asc" ? "ascending" : "descending") : "none"}>
      <button type="button" onClick={sort}>
        {label}
        {mine ? (sortOrder === "asc" ? " ↑" : " ↓") : ""}
      </button>
    </th>
  );
}

export function InstanceTable({ rows, fresh, sortBy, sortOrder, chosen = NONE, onChoose }: Props) {
  const now = useNow(2000);
  const names = useNames(rows.map((it) => it.definitionId));
  return (
    <table class="table rows">
      <colgroup>
        {onChoose && <col style={{ width: 40 }} />}
        <col style={{ width: 172 }} />
        <col style={{ width: "20%" }} />
        <col style={{ width: "20%" }} />
        <col />
        <col style={{ width: 110 }} />
        <col style={{ width: 110 }} />
      </colgroup>
      <thead>
        <tr>
          {onChoose && (
            <th class="choose">
              <input
                type="checkbox"
                aria-label="Choose all on this page"
                checked={rows.every((it) => chosen.has(it.id))}
                onChange={(event) =>
                  onChoose(event.currentTarget.checked ? new Set(rows.map((it) => it.id)) : new Set())
                }
              />
            </th>
          )}
          <th>State</th>
          <SortHead id="businessKey" label="Business key" sortBy={sortBy} sortOrder={sortOrder} />
          <th>Definition</th>
          <th>Where it is</th>
          <SortHead id="startedAt" label="Started" sortBy={sortBy} sortOrder={sortOrder} />
          <th class="right">Duration</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((it) => (
          <Line
            key={it.id}
            header={it}
            now={now}
            names={names}
            fresh={fresh.has(it.id)}
            chosen={chosen}
            {...(onChoose ? { onChoose } : {})}
          />
        ))}
      </tbody>
    </table>
  );
}
