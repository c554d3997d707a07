import { useMemo, useState } from "preact/hooks";
import { definition, setSuspended, versions } from "~/api/definitions";
import { definitionXml } from "~/api/models";
import type { Definition } from "~/api/types";
import { elementNames } from "~/diagram/fileNames";
import { type HeatKind, heatOf } from "~/diagram/heat";
import type { Call } from "~/diagram/opening";
import { StartDialog } from "~/forms/StartDialog";
import { Bar } from "~/frame/Bar";
import { navigate, paths, setQuery } from "~/frame/router";
import { Empty, Failed } from "~/ui/basics";
import { copy } from "~/ui/copy";
import { Deed } from "~/ui/Deed";
import { plural } from "~/ui/format";
import { Lazy } from "~/ui/Lazy";
import { Menu, type MenuEntry } from "~/ui/Menu";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { useResource } from "~/ui/useResource";
import { crumbsOf, goBack, openCalled, wayOf } from "../called";
import { BulkBar } from "../instances/BulkBar";
import { CalledProcesses } from "../instances/CalledProcesses";
import { USUAL } from "../instances/columns";
import { InstanceTable } from "../instances/InstanceTable";
import { useInstanceList } from "../instances/useInstanceList";
import { DefinitionPanel } from "./DefinitionPanel";
import { isObserved } from "./observed";
import { useStatistics } from "./useStatistics";

const statisticsPane = () => import("~/diagram/StatisticsPane").then((it) => it.StatisticsPane);

const KINDS: [HeatKind, string, string][] = [
  ["now", "Now", "Tokens and incidents that there are now, and how often each element was completed"],
  ["frequency", "Frequency", "How often each element was come to"],
  ["p50", "Median duration", "Half of the tokens were at an element for at most this time"],
  ["p95", "95th percentile", "95 of 100 tokens were at an element for at most this time"],
];

const SHOWN = 20;
const NONE: ReadonlySet<string> = new Set();

async function load(id: string, signal: AbortSignal) {
  const [one, xml] = await Promise.all([definition(id, signal), definitionXml(id)]);
  return { one, xml, observed: isObserved(xml, one.key), all: await versions(one.key, signal) };
}

function actions(one: Definition, reload: () => void): MenuEntry[] {
  const suspend = (suspended: boolean, instances: boolean) =>
    setSuspended(one.id, suspended, instances).then(() => {
      toast(suspended ? "Suspended" : "Resumed");
      reload();
    }, toastError);
  const list = `/instances?definition=${encodeURIComponent(one.key)}&version=${one.version}`;
  const changes = { needs: "process-definition:update", whose: { key: one.key, tenantId: one.tenantId } };
  return [
    { label: "Open in the designer", run: () => navigate(paths.designer(one.id)) },
    { label: "Show all its instances", run: () => navigate(list) },
    {
      label: one.suspended ? "Allow new instances again" : "Allow no new instances",
      run: () => void suspend(!one.suspended, false),
      ...changes,
      ruleBefore: true,
    },
    {
      label: one.suspended ? "Resume it and all its instances" : "Suspend it and all its instances",
      run: () => void suspend(!one.suspended, true),
      ...changes,
    },
    {
      label: "Copy its id",
      run: () => void copy(one.id, "the id"),
      ruleBefore: true,
    },
  ];
}

interface InstancesProps {
  listed: ReturnType<typeof useInstanceList>;
  one: Definition;
  observed: boolean;
}

function Instances({ listed, one, observed }: InstancesProps) {
  const [chosen, setChosen] = useState(NONE);
  const { rows, total, fresh } = listed;
  if (rows?.length === 0)
    return (
      <Empty title="No instance of this version yet">
        {observed
          ? "The first event about a new business key begins one: it appears here, and its tokens on the diagram above."
          : "Start one: it appears here, and its tokens on the diagram above."}
      </Empty>
    );
  return (
    <section aria-labelledby="definition-instances" class="below">
      <div class="row section-title">
        <h2 id="definition-instances" class="small-title">
          {plural(total, "instance")}
        </h2>
        {total > SHOWN && (
          <a class="button slim" href={`/instances?definition=${encodeURIComponent(one.key)}&version=${one.version}`}>
            Show all
          </a>
        )}
      </div>
      <BulkBar
        chosen={rows?.filter((it) => chosen.has(it.id)) ?? []}
        filter={{ processDefinitionId: one.id }}
        total={total}
        onDone={() => {
          setChosen(NONE);
          listed.reload();
        }}
      />
      {rows && <InstanceTable rows={rows} fresh={fresh} columns={USUAL} chosen={chosen} onChoose={setChosen} />}
    </section>
  );
}

function Kinds({ kind }: { kind: HeatKind }) {
  return (
    <div class="segments heat-kinds" role="group" aria-label="What the diagram shows">
      {KINDS.map(([id, label, title]) => (
        <button
          type="button"
          key={id}
          title={title}
          aria-pressed={id === kind}
          onClick={() => setQuery({ show: id === "now" ? null : id })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** The diagram with what its instances do and did, the numbers beside it, the instances below. */
function Body({
  value,
  kind,
  way,
}: {
  value: Awaited<ReturnType<typeof load>>;
  kind: HeatKind;
  way: readonly string[];
}) {
  const { one, xml, all } = value;
  const listed = useInstanceList({
    filter: { processDefinitionId: one.id },
    sortBy: "startedAt",
    sortOrder: "desc",
    first: 0,
    size: SHOWN,
  });
  const numbers = useStatistics(one.id, listed);
  const [selected, setSelected] = useState<string | null>(null);
  const heat = useMemo(() => heatOf(numbers?.sample.elements ?? [], kind), [numbers, kind]);
  const names = useMemo(() => elementNames(xml), [xml]);
  const name = (element: string) => names.get(element) ?? element;
  const shared = { heat, selected, onSelect: setSelected };
  return (
    <div class="definition">
      <div class="stage">
        <div class="stage-main">
          <Kinds kind={kind} />
          <Lazy
            load={statisticsPane}
            props={{
              xml,
              process: one.key,
              now: numbers?.now ?? [],
              sample: numbers?.sample,
              ...shared,
              onCall: ({ key }: Call) => openCalled(key, [...way, one.id], paths.definition),
              onUp: () => goBack(way, paths.definition),
            }}
          />
        </div>
        <DefinitionPanel
          definition={one}
          observed={value.observed}
          versions={all}
          numbers={numbers}
          name={name}
          {...shared}
        />
      </div>
      <Instances listed={listed} one={one} observed={value.observed} />
      <CalledProcesses of={{ processDefinitionId: one.id }} beat={listed.beat} />
    </div>
  );
}

export function DefinitionScreen({ id, query }: { id: string; query: URLSearchParams }) {
  const { value, error, reload } = useResource((signal) => load(id, signal), [id]);
  const [starting, setStarting] = useState(false);
  const way = wayOf(query);
  const kind = KINDS.find(([it]) => it === query.get("show"))?.[0] ?? "now";
  if (error && !value) {
    return (
      <>
        <Bar crumbs={[{ label: "Definitions", href: "/definitions" }]} title="Definition" />
        <Failed what="this definition" error={error} again={reload} others="/definitions" />
      </>
    );
  }
  const one = value?.one;
  const title = one ? (one.name ?? one.key) : "…";
  return (
    <>
      <Bar
        crumbs={[{ label: "Definitions", href: "/definitions" }, ...crumbsOf(way, paths.definition)]}
        title={title}
        badge={
          <>
            {value?.observed && (
              <span class="wide-only">
                <State look="waiting" word="Observed" boxed />
              </span>
            )}
            {one?.suspended && <State look="waiting" word="Suspended" boxed />}
          </>
        }
      >
        {one && value && (
          <>
            <select
              class="select"
              aria-label="Version"
              value={one.id}
              onChange={(event) => navigate(paths.definition(event.currentTarget.value))}
            >
              {value.all.map((it) => (
                <option key={it.id} value={it.id}>
                  Version {it.version}
                </option>
              ))}
            </select>
            <a class="button wide-only" href={paths.designer(one.id)}>
              Open in the designer
            </a>
            <Deed
              needs="process-definition:start"
              whose={{ key: one.key, tenantId: one.tenantId ?? undefined }}
              class={`button ${value.observed ? "" : "primary"}`}
              onClick={() => setStarting(true)}
            >
              Start
            </Deed>
            <Menu label="More" entries={actions(one, reload)} />
          </>
        )}
      </Bar>
      {value ? <Body value={value} kind={kind} way={way} /> : <div class="diagram" />}
      {starting && one && <StartDialog definition={one} onClose={() => setStarting(false)} />}
    </>
  );
}
