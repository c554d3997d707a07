import { useEffect, useState } from "preact/hooks";
import { definitions } from "~/api/definitions";
import { count, incidents } from "~/api/instances";
import { countTasks } from "~/api/tasks";
import { Bar } from "~/frame/Bar";
import { Empty, Failed, Loading, useNow } from "~/ui/basics";
import { type Look, State } from "~/ui/state";
import { useResource } from "~/ui/useResource";
import { InstanceTable } from "../instances/InstanceTable";
import { useInstanceList } from "../instances/useInstanceList";
import { Incidents } from "./Incidents";

const RUNNING = { state: "active,suspended" };

async function load(signal: AbortSignal) {
  const [list, open, running, completed, waiting] = await Promise.all([
    definitions({ latestVersion: true }, signal),
    incidents({}, signal),
    count(RUNNING, signal),
    count({ state: "completed" }, signal),
    countTasks({}, signal),
  ]);
  return { definitions: list.length, incidents: open, running, completed, tasks: waiting };
}

function Figure({ label, value, href, look }: { label: string; value: number; href: string; look?: Look | undefined }) {
  return (
    <a class="figure" href={href}>
      <span class="figure-value numbers">{value.toLocaleString("en")}</span>
      <span class="secondary">{look ? <State look={look} word={label} /> : label}</span>
    </a>
  );
}

export function Overview() {
  const { value, error, reload } = useResource(load, []);
  const { rows, total, fresh } = useInstanceList({
    filter: RUNNING,
    sortBy: "startedAt",
    sortOrder: "desc",
    first: 0,
    size: 15,
  });
  const [seen, setSeen] = useState(0);
  const now = useNow();
  // The stream changes the rows; the other figures follow when an instance came, went or got an incident.
  const troubles = rows
    ?.filter((it) => it.incidents > 0)
    .map((it) => it.id)
    .join();
  useEffect(() => {
    if (seen) reload();
    setSeen((it) => it + 1);
  }, [total, troubles]);
  if (error && !value)
    return (
      <>
        <Bar crumbs={[]} title="Overview" />
        <Failed what="the overview" error={error} again={reload} />
      </>
    );
  return (
    <>
      <Bar crumbs={[]} title="Overview">
        <a class="button primary" href="/designer">
          New diagram
        </a>
      </Bar>
      <div class="content">
        {!value && <Loading what="the overview" />}
        {value && (
          <div class="figures">
            <Figure label="Running" value={value.running} href="/instances?state=running" look="active" />
            <Figure
              label={value.incidents.length === 1 ? "Incident" : "Incidents"}
              value={value.incidents.length}
              href="/instances?state=incident"
              look="incident"
            />
            <Figure label={value.tasks === 1 ? "Task" : "Tasks"} value={value.tasks} href="/tasks" look="waiting" />
            <Figure label="Completed" value={value.completed} href="/instances?state=completed" look="done" />
            <Figure label="Definitions" value={value.definitions} href="/definitions" />
          </div>
        )}
        {value && value.incidents.length > 0 && <Incidents list={value.incidents} now={now} onRetried={reload} />}
        {value && (
          <section aria-labelledby="overview-running">
            <h2 id="overview-running" class="section-title">
              What runs
            </h2>
            {rows && rows.length > 0 ? (
              <InstanceTable rows={rows} fresh={fresh} sortBy="startedAt" sortOrder="desc" />
            ) : (
              <Empty
                title="Nothing runs at the moment"
                action={
                  <a class="button" href="/definitions">
                    Start an instance
                  </a>
                }
              >
                Running instances are listed here, newest first.
              </Empty>
            )}
          </section>
        )}
      </div>
    </>
  );
}
