import type { ComponentChildren } from "preact";
import type { Header } from "~/api/types";
import { paths } from "~/frame/router";
import { headerCounts } from "~/live/view";
import { Ago, Id, useNow } from "~/ui/basics";
import { duration, shortId } from "~/ui/format";
import { SortHead } from "~/ui/SortHead";
import { State, stateOf } from "~/ui/state";
import { type Names, useNames } from "../useNames";
import { COLUMNS, type ColumnId } from "./columns";

interface Props {
  rows: Header[];
  fresh: ReadonlySet<string>;
  columns: readonly ColumnId[];
  /** Without it the heads of the columns do not sort. */
  sort?: { sortBy: string; sortOrder: string };
  /** Ids of the chosen instances; without `onChoose` none can be chosen. */
  chosen?: ReadonlySet<string>;
  onChoose?: (chosen: ReadonlySet<string>) => void;
}

const NONE: ReadonlySet<string> = new Set();
const MOST_PLACES = 3;

function Where({ header, names }: { header: Header; names: Names }) {
  const counts = headerCounts(header);
  if (!counts.length)
    return (
      <span class="secondary">
        {header.endElement ? names(header.definitionId, header.endElement) : (header.reason ?? "")}
      </span>
    );
  const places = counts.map(([element, count]) => ({ element, count, name: names(header.definitionId, element) }));
  return (
    <span class="where" title={places.map(({ name, count }) => (count > 1 ? `${name} ×${count}` : name)).join("\n")}>
      {places.slice(0, MOST_PLACES).map(({ element, count, name }) => (
        <span class="place" key={element}>
          <span class="place-name">{name}</span>
          {count > 1 && <span class="count">×{count}</span>}
        </span>
      ))}
      {places.length > MOST_PLACES && <span class="count">+{places.length - MOST_PLACES}</span>}
    </span>
  );
}

function toggle(chosen: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  if (on) next.add(id);
  else next.delete(id);
  return next;
}

interface LineProps extends Pick<Props, "chosen" | "onChoose" | "columns"> {
  header: Header;
  now: number;
  names: Names;
  fresh: boolean;
}

interface CellProps {
  header: Header;
  now: number;
  names: Names;
}

const CELLS: Record<ColumnId, { class: string; show: (props: CellProps) => ComponentChildren }> = {
  state: { class: "at-1-end", show: ({ header }) => <State {...stateOf(header)} /> },
  key: {
    class: "at-1",
    show: ({ header }) => (
      <a class="name" href={paths.instance(header.id)} title={header.id}>
        {header.businessKey ?? <span class="mono">{shortId(header.id)}</span>}
      </a>
    ),
  },
  definition: {
    class: "at-2",
    show: ({ header, names }) => (
      <>
        <span title={header.definitionKey}>{names(header.definitionId, header.definitionKey)}</span>{" "}
        <span class="secondary numbers">v{header.definitionId.split(":")[1] ?? "?"}</span>
      </>
    ),
  },
  where: { class: "at-2-more", show: ({ header, names }) => <Where header={header} names={names} /> },
  started: { class: "secondary at-2-end", show: ({ header, now }) => <Ago at={header.startedAt} now={now} /> },
  ended: {
    class: "secondary at-2-end",
    show: ({ header, now }) => header.endedAt && <Ago at={header.endedAt} now={now} />,
  },
  duration: {
    class: "right",
    show: ({ header, now }) =>
      duration((header.endedAt ? Date.parse(header.endedAt) : now) - Date.parse(header.startedAt)),
  },
  incidents: { class: "right", show: ({ header }) => header.incidents || <span class="secondary">0</span> },
  id: { class: "", show: ({ header }) => <Id id={header.id} /> },
};

function Line({ header, now, names, fresh, columns, chosen = NONE, onChoose }: LineProps) {
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
      {columns.map((id) => (
        <td class={CELLS[id].class} key={id}>
          {CELLS[id].show({ header, now, names })}
        </td>
      ))}
    </tr>
  );
}

function Head({ id, sort }: { id: ColumnId; sort: Props["sort"] }) {
  const column = COLUMNS.find((it) => it.id === id);
  const right = CELLS[id].class === "right";
  if (!column) return null;
  if (!sort || !column.sort) return <th class={right ? "right" : ""}>{column.label}</th>;
  return <SortHead id={column.sort} label={column.label} right={right} {...sort} />;
}

export function InstanceTable({ rows, fresh, columns, sort, chosen = NONE, onChoose }: Props) {
  const now = useNow(2000);
  const names = useNames(
    columns.includes("where") || columns.includes("definition") ? rows.map((it) => it.definitionId) : [],
  );
  return (
    <table class="table rows">
      <colgroup>
        {onChoose && <col style={{ width: 40 }} />}
        {columns.map((id) => (
          <col key={id} style={{ width: COLUMNS.find((it) => it.id === id)?.width }} />
        ))}
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
          {columns.map((id) => (
            <Head key={id} id={id} sort={sort} />
          ))}
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
            columns={columns}
            chosen={chosen}
            {...(onChoose ? { onChoose } : {})}
          />
        ))}
      </tbody>
    </table>
  );
}
