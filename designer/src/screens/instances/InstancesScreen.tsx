import { useEffect, useState } from "preact/hooks";
import { definitions, versions } from "~/api/definitions";
import { Bar } from "~/frame/Bar";
import { setQuery } from "~/frame/router";
import { Empty, Failed, Loading } from "~/ui/basics";
import { plural } from "~/ui/format";
import { Pager } from "~/ui/Pager";
import { useResource } from "~/ui/useResource";
import { BulkBar } from "./BulkBar";
import { CalledProcesses } from "./CalledProcesses";
import { ColumnsMenu } from "./ColumnsMenu";
import { type ColumnId, chooseColumns } from "./columns";
import { FilterChips } from "./FilterChips";
import { CHIPS, filterOf, STATES } from "./filters";
import { InstanceTable } from "./InstanceTable";
import { useInstanceList } from "./useInstanceList";

const SIZE = 50;
const TYPING_MS = 250;

interface FilterProps {
  query: URLSearchParams;
  found: string;
  columns: readonly ColumnId[];
}

function Filters({ query, found, columns }: FilterProps) {
  const { value: list } = useResource((signal) => definitions({ latestVersion: true }, signal), []);
  const [business, setBusiness] = useState(query.get("business") ?? "");
  useEffect(() => {
    if (business === (query.get("business") ?? "")) return;
    const timer = setTimeout(() => setQuery({ business, page: null }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [business]);
  const state = query.get("state") ?? "";
  return (
    <div class="filters">
      <div class="segments" role="group" aria-label="State">
        {STATES.filter((it) => !it.linked || it.id === state).map((it) => (
          <button
            type="button"
            key={it.id}
            aria-pressed={it.id === state}
            onClick={() => setQuery({ state: it.id, page: null })}
          >
            {it.label}
          </button>
        ))}
      </div>
      <select
        class="select"
        aria-label="Definition"
        value={query.get("definition") ?? ""}
        onChange={(event) => setQuery({ definition: event.currentTarget.value, version: null, page: null })}
      >
        <option value="">All definitions</option>
        {list?.map((it) => (
          <option key={it.key} value={it.key}>
            {it.name ?? it.key}
          </option>
        ))}
      </select>
      <input
        class="input"
        type="search"
        placeholder="Business key"
        aria-label="Business key"
        value={business}
        onInput={(event) => setBusiness(event.currentTarget.value)}
      />
      <FilterChips query={query} />
      <span class="row last">
        <span class="found numbers">{found}</span>
        <ColumnsMenu shown={columns} />
      </span>
    </div>
  );
}

/** The id of a version of a definition, for the filter. A version that there is not finds nothing. */
function useVersion(key: string | null, version: string | null): string | undefined {
  const { value } = useResource(
    (signal) => (key && version ? versions(key, signal) : Promise.resolve([])),
    [key, version],
  );
  if (!key || !version) return undefined;
  return value?.find((it) => String(it.version) === version)?.id ?? `${key}:${version}`;
}

export function InstancesScreen({ query }: { query: URLSearchParams }) {
  const page = Math.max(0, Number(query.get("page") ?? "1") - 1);
  const sortBy = query.get("sort") ?? "startedAt";
  const sortOrder = query.get("order") ?? "desc";
  const definitionId = useVersion(query.get("definition"), query.get("version"));
  const columns = chooseColumns(query.get("columns"));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setChosen(new Set()), [query.toString()]);
  const filter = filterOf(query, definitionId);
  const { rows, total, unfinished, searchOn, error, fresh, beat, reload } = useInstanceList({
    filter,
    sortBy,
    sortOrder,
    first: page * SIZE,
    size: SIZE,
  });
  const filtered = ["state", "definition", "business", ...CHIPS.map((it) => it.id)].some((it) => query.get(it));
  const chosenRows = rows?.filter((it) => chosen.has(it.id)) ?? [];
  return (
    <>
      <Bar crumbs={[]} title="Instances" />
      <Filters
        query={query}
        found={rows ? `${plural(total, "instance")}${unfinished ? " so far" : ""}` : ""}
        columns={columns}
      />
      {unfinished && (
        <div class="banner" role="status">
          <span class="grow">Only the newest instances have been looked through for this filter.</span>
          <button type="button" class="button slim" onClick={searchOn}>
            Search older ones
          </button>
        </div>
      )}
      <div class="content">
        {error && !rows && <Failed what="the instances" error={error} again={reload} />}
        {!error && !rows && <Loading what="instances" />}
        {rows && rows.length > 0 && (
          <InstanceTable
            rows={rows}
            fresh={fresh}
            columns={columns}
            sort={{ sortBy, sortOrder }}
            chosen={chosen}
            onChoose={setChosen}
          />
        )}
        {query.get("definition") && ["", "open", "running"].includes(query.get("state") ?? "") && (
          <CalledProcesses
            of={
              definitionId
                ? { processDefinitionId: definitionId }
                : { processDefinitionKey: filter.processDefinitionKey }
            }
            beat={beat}
          />
        )}
        {rows?.length === 0 && filtered && !unfinished && (
          <Empty
            title="No instance matches"
            action={
              <a class="button" href="/instances">
                Show all instances
              </a>
            }
          >
            Instances that match will appear here as they start.
          </Empty>
        )}
        {rows?.length === 0 && !filtered && (
          <Empty
            title="Nothing has been started yet"
            action={
              <a class="button primary" href="/definitions">
                Choose a definition to start
              </a>
            }
          >
            Every run of a process is listed here, and moves as the engine moves it.
          </Empty>
        )}
      </div>
      <BulkBar
        chosen={chosenRows}
        filter={filter}
        total={unfinished ? chosenRows.length : total}
        onDone={() => {
          setChosen(new Set());
          reload();
        }}
      />
      <Pager page={page} size={SIZE} total={total} />
    </>
  );
}
