import { useMemo, useState } from "preact/hooks";
import { definitions, deployments, statistics } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { StartDialog } from "~/forms/StartDialog";
import { Bar } from "~/frame/Bar";
import { paths, setQuery } from "~/frame/router";
import { ActionsHead, Ago, Empty, Failed, Loading, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { State } from "~/ui/state";
import { useResource } from "~/ui/useResource";

interface Row {
  definition: Definition;
  running: number;
  incidents: number;
  deployed: string | undefined;
}

async function load(signal: AbortSignal): Promise<Row[]> {
  const [list, numbers, deployed] = await Promise.all([
    definitions({ latestVersion: true }, signal),
    statistics(signal),
    deployments(signal),
  ]);
  const times = new Map(deployed.map((it) => [it.id, it.deploymentTime]));
  const keyOf = (id: string) => id.split(":", 1)[0];
  return list.map((definition) => {
    // Older versions may still run: a definition's row counts all of them.
    const mine = numbers.filter((it) => keyOf(it.id) === definition.key);
    return {
      definition,
      running: mine.reduce((sum, it) => sum + it.instances, 0),
      incidents: mine.flatMap((it) => it.incidents ?? []).reduce((sum, it) => sum + it.incidentCount, 0),
      deployed: times.get(definition.deploymentId),
    };
  });
}

function Line({ row, now, onStart }: { row: Row; now: number; onStart: () => void }) {
  const { definition } = row;
  const name = definition.name ?? definition.key;
  return (
    <tr>
      <td class="at-1">
        <a class="name" href={paths.definition(definition.id)}>
          {name}
        </a>
      </td>
      <td class="mono secondary at-2">{definition.key}</td>
      <td class="right">{definition.version}</td>
      <td class="right at-2-more" data-label="Running">
        {row.running > 0 ? (
          <a
            href={`/instances?state=open&definition=${encodeURIComponent(definition.key)}`}
            aria-label={`${row.running} running instances of ${name}`}
          >
            {row.running}
          </a>
        ) : (
          <span class="secondary">0</span>
        )}
      </td>
      <td class="at-2-end">
        {row.incidents > 0 && (
          <a
            class="plain-link"
            href={`/instances?state=incident&definition=${encodeURIComponent(definition.key)}`}
            aria-label={`${row.incidents} incidents of ${name}`}
          >
            <State look="incident" word={String(row.incidents)} />
          </a>
        )}
      </td>
      <td class="secondary">{row.deployed && <Ago at={row.deployed} now={now} />}</td>
      <td class="right at-1-end">
        <span class="row-actions">
          <a class="button slim" href={paths.designer(definition.id)} aria-label={`Open ${name} in the designer`}>
            Open
          </a>
          <Deed
            needs="process-definition:start"
            whose={{ key: definition.key, tenantId: definition.tenantId ?? undefined }}
            class="button slim"
            label={`Start ${name}`}
            onClick={onStart}
          >
            Start
          </Deed>
        </span>
      </td>
    </tr>
  );
}

function Table({ rows, onStart }: { rows: Row[]; onStart: (definition: Definition) => void }) {
  const now = useNow();
  return (
    <table class="table rows">
      <colgroup>
        <col />
        <col style={{ width: "20%" }} />
        <col style={{ width: 76 }} />
        <col style={{ width: 86 }} />
        <col style={{ width: 110 }} />
        <col style={{ width: 120 }} />
        <col style={{ width: 140 }} />
      </colgroup>
      <thead>
        <tr>
          <th>Name</th>
          <th>Key</th>
          <th class="right">Version</th>
          <th class="right">Running</th>
          <th>Incidents</th>
          <th>Deployed</th>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line key={row.definition.id} row={row} now={now} onStart={() => onStart(row.definition)} />
        ))}
      </tbody>
    </table>
  );
}

export function DefinitionsScreen({ query }: { query: URLSearchParams }) {
  const { value, error, reload } = useResource(load, []);
  const [starting, setStarting] = useState<Definition | null>(null);
  const [search, setSearch] = useState(query.get("key") ?? "");
  const rows = useMemo(() => {
    const wanted = search.toLowerCase();
    return value?.filter(({ definition }) =>
      `${definition.name ?? ""} ${definition.key}`.toLowerCase().includes(wanted),
    );
  }, [value, search]);
  const create = (
    <a class="button primary" href="/designer">
      New diagram
    </a>
  );
  return (
    <>
      <Bar crumbs={[]} title="Definitions">
        {create}
      </Bar>
      {value && value.length > 0 && (
        <div class="filters">
          <input
            class="input"
            type="search"
            placeholder="Name or key"
            aria-label="Filter by name or key"
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value);
              setQuery({ key: event.currentTarget.value });
            }}
          />
        </div>
      )}
      <div class="content">
        {error && !value && <Failed what="the definitions" error={error} again={reload} />}
        {!error && !value && <Loading what="definitions" />}
        {rows && rows.length > 0 && <Table rows={rows} onStart={setStarting} />}
        {rows?.length === 0 && value?.length !== 0 && <Empty title="No definition has this name or key" />}
        {value?.length === 0 && (
          <Empty title="No process is deployed yet" action={create}>
            Draw a process and deploy it: it appears here with its first version.
          </Empty>
        )}
      </div>
      {starting && <StartDialog definition={starting} onClose={() => setStarting(null)} />}
    </>
  );
}
