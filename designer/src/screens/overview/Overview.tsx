import { useEffect, useRef, useState } from "preact/hooks";
import { definitions } from "~/api/definitions";
import { incidents } from "~/api/incidents";
import { count, overview } from "~/api/instance-lists";
import { countTasks } from "~/api/tasks";
import type { Header } from "~/api/types";
import { Bar } from "~/frame/Bar";
import { Empty, Failed, Loading, useNow } from "~/ui/basics";
import { type Look, State } from "~/ui/state";
import { useResource } from "~/ui/useResource";
import { useTick } from "~/ui/useTick";
import { filterOf } from "../instances/filters";
import { InstanceTable } from "../instances/InstanceTable";
import { useInstanceList } from "../instances/useInstanceList";
import { Charts } from "./Charts";
import { Findings } from "./Findings";
import { Incidents } from "./Incidents";

const RUNNING = { state: "active,suspended" };
/** Counted as the list counts to which the figure leads. */
const countOf = (state: string, signal: AbortSignal) => count(filterOf(new URLSearchParams({ state })), signal);

const NEWEST = { filter: RUNNING, sortBy: "startedAt", sortOrder: "desc", first: 0, size: 10 };
const LATELY = {
  state: "completed,cancelled,terminated,compensated",
  sortBy: "endedAt",
  sortOrder: "desc",
  firstResult: 0,
  maxResults: 8,
};
/** The same places in both tables. */
const RUNNING_COLUMNS = ["key", "state", "definition", "where", "started", "duration"] as const;
const ENDED_COLUMNS = ["key", "state", "definition", "where", "ended", "duration"] as const;
const NONE: ReadonlySet<string> = new Set();
const SOON_MS = 1_000;
const REFRESH_MS = 30_000;

type Loaded = Awaited<ReturnType<typeof load>>;

async function load(signal: AbortSignal) {
  const [list, found, open, completed, undone, tasks] = await Promise.all([
    definitions({ latestVersion: true }, signal),
    incidents({}, signal),
    countOf("open", signal),
    countOf("completed", signal),
    countOf("undone", signal),
    countTasks({}, signal),
  ]);
  return { definitions: list.length, incidents: found, open, completed, undone, tasks };
}

function Figure({ label, value, href, look }: { label: string; value: number; href: string; look?: Look | undefined }) {
  return (
    <a class="figure" href={href}>
      <span class="figure-value numbers">{value.toLocaleString("en")}</span>
      <span class="secondary">{look ? <State look={look} word={label} /> : label}</span>
    </a>
  );
}

/** Counts up soon after instances went on, and now and then for what no event tells of (a worker that stays away). */
function useTurn(beat: number): number {
  const [turn, setTurn] = useState(0);
  const timer = useRef(0);
  useEffect(() => {
    if (!beat || timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      setTurn((it) => it + 1);
    }, SOON_MS);
  }, [beat]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return turn + useTick(REFRESH_MS);
}

function Figures({ value }: { value: Loaded }) {
  return (
    <div class="figures">
      <Figure label="Not ended" value={value.open} href="/instances?state=open" look="active" />
      <Figure
        label={value.incidents.length === 1 ? "Incident" : "Incidents"}
        value={value.incidents.length}
        href="/instances?state=incident"
        look="incident"
      />
      <Figure label={value.tasks === 1 ? "Task" : "Tasks"} value={value.tasks} href="/tasks" look="waiting" />
      <Figure label="Completed" value={value.completed} href="/instances?state=completed" look="done" />
      <Figure label="Undone" value={value.undone} href="/instances?state=undone" look="undone" />
      <Figure label="Definitions" value={value.definitions} href="/definitions" />
    </div>
  );
}

function Running({ rows, fresh }: { rows: Header[] | undefined; fresh: ReadonlySet<string> }) {
  return (
    <section aria-labelledby="overview-running">
      <h2 id="overview-running" class="section-title">
        What runs
      </h2>
      {rows?.length === 0 ? (
        <Empty
          title="Nothing runs at the moment"
          action={
            <a class="button" href="/start">
              Start a process
            </a>
          }
        >
          Running instances are listed here, newest first.
        </Empty>
      ) : (
        rows && <InstanceTable rows={rows} fresh={fresh} columns={RUNNING_COLUMNS} />
      )}
    </section>
  );
}

function Ended({ turn }: { turn: number }) {
  const { value } = useResource((signal) => overview(LATELY, signal), [], turn);
  if (!value?.length) return null;
  return (
    <section aria-labelledby="overview-ended">
      <h2 id="overview-ended" class="section-title">
        What ended lately
      </h2>
      <InstanceTable rows={value} fresh={NONE} columns={ENDED_COLUMNS} />
    </section>
  );
}

export function Overview({ query }: { query: URLSearchParams }) {
  const { rows, fresh, beat } = useInstanceList(NEWEST);
  const turn = useTurn(beat);
  const { value, error, reload } = useResource(load, [], turn);
  const now = useNow();
  return (
    <>
      <Bar crumbs={[]} title="Overview">
        <a class="button primary" href="/designer">
          New diagram
        </a>
      </Bar>
      {error && !value && <Failed what="the overview" error={error} again={reload} />}
      <div class="content">
        {!value && !error && <Loading what="the overview" />}
        {value && (
          <>
            <Figures value={value} />
            {value.incidents.length > 0 && <Incidents list={value.incidents} now={now} onRetried={reload} />}
            <Charts per={query.get("per") === "hour" ? "hour" : "minute"} turn={turn} />
            <Findings now={now} turn={turn} />
            <Running rows={rows} fresh={fresh} />
            <Ended turn={turn} />
          </>
        )}
      </div>
    </>
  );
}
