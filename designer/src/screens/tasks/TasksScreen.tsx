import { useEffect } from "preact/hooks";
import { businessKeys } from "~/api/instances";
import { openStream } from "~/api/stream";
import { MOST_TASKS, type TaskFilter, tasks } from "~/api/tasks";
import type { UserTask } from "~/api/types";
import { Bar } from "~/frame/Bar";
import { navigate, paths, setQuery } from "~/frame/router";
import { Ago, Empty, Failed, Loading, useNow } from "~/ui/basics";
import { plural, shortId } from "~/ui/format";
import { useResource } from "~/ui/useResource";
import { me, setMe } from "./me";
import { TaskPanel } from "./TaskPanel";

const WHOSE = [
  ["", "All"],
  ["mine", "Mine"],
  ["free", "Unclaimed"],
] as const;

function filterOf(whose: string): TaskFilter {
  if (whose === "mine") return { assignee: me() || "-" };
  return whose === "free" ? { unassigned: true } : {};
}

interface Listed {
  list: UserTask[];
  keys: Map<string, string>;
}

/** The tasks, and what their instances are called; a task says only which instance it belongs to. */
async function load(whose: string, signal: AbortSignal): Promise<Listed> {
  const list = await tasks(filterOf(whose), signal);
  return { list, keys: await businessKeys(list.map((it) => it.processInstanceId)) };
}

const TASK_EVENT = /^(UserTask|InstanceEnded|ElementCancelled)/;

/** Reloads the list when the stream tells of a user task. */
function useTaskEvents(reload: () => void): void {
  useEffect(() => {
    let timer = 0;
    const close = openStream("/stream", {
      on: {
        events: (data) => {
          const { events } = data as { events: { type: string }[] };
          if (!events.some((it) => TASK_EVENT.test(it.type))) return;
          window.clearTimeout(timer);
          timer = window.setTimeout(reload, 150);
        },
      },
    });
    return () => {
      window.clearTimeout(timer);
      close();
    };
  }, []);
}

function Table({ list, keys, id, search }: Listed & { id: string | null; search: string }) {
  const now = useNow();
  return (
    <table class="table rows">
      <colgroup>
        <col />
        <col style={{ width: "22%" }} />
        <col style={{ width: "18%" }} />
        <col style={{ width: "18%" }} />
        <col style={{ width: 110 }} />
      </colgroup>
      <thead>
        <tr>
          <th>Task</th>
          <th>Process</th>
          <th>Instance</th>
          <th>Assignee</th>
          <th>Waiting</th>
        </tr>
      </thead>
      <tbody>
        {list.map((it) => (
          <tr key={it.id} aria-current={it.id === id ? "true" : undefined}>
            <td class="at-1">
              <a class="name" href={`/tasks/${encodeURIComponent(it.id)}${search}`}>
                {it.name ?? it.taskDefinitionKey}
              </a>
            </td>
            <td class="secondary at-2">{it.processDefinitionId.split(":")[0]}</td>
            <td class="at-2-more">
              <a href={paths.instance(it.processInstanceId)} title={it.processInstanceId}>
                {keys.get(it.processInstanceId) ?? <span class="mono">{shortId(it.processInstanceId)}</span>}
              </a>
            </td>
            <td class="at-1-end">{it.assignee ?? <span class="secondary">nobody</span>}</td>
            <td class="secondary at-2-end">
              <Ago at={it.created} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function TasksScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const whose = query.get("whose") ?? "";
  const { value, error, reload } = useResource((signal) => load(whose, signal), [whose]);
  useTaskEvents(reload);
  const search = whose ? `?whose=${whose}` : "";
  return (
    <>
      <Bar crumbs={[]} title="Tasks">
        <label class="row small secondary" title="Shows what is yours under Mine, and claims tasks in your name">
          I am
          <input
            class="input"
            style={{ width: 120 }}
            defaultValue={me()}
            placeholder="your name"
            autocomplete="username"
            onChange={(event) => {
              setMe(event.currentTarget.value);
              reload();
            }}
          />
        </label>
      </Bar>
      <div class="filters">
        <div class="segments" role="group" aria-label="Whose tasks">
          {WHOSE.map(([key, label]) => (
            <button type="button" key={key} aria-pressed={key === whose} onClick={() => setQuery({ whose: key })}>
              {label}
            </button>
          ))}
        </div>
        {value && (
          <span class="found numbers">
            {value.list.length < MOST_TASKS ? plural(value.list.length, "task") : `The newest ${MOST_TASKS} tasks`}
          </span>
        )}
      </div>
      <div class="split">
        <div class="content">
          {error && !value && <Failed what="the tasks" error={error} again={reload} />}
          {!error && !value && <Loading what="tasks" />}
          {value && value.list.length > 0 && <Table {...value} id={id} search={search} />}
          {value?.list.length === 0 && (
            <Empty title="No task waits here">
              Work for people appears here as soon as an instance comes to a user task.
            </Empty>
          )}
        </div>
        {id && (
          <TaskPanel
            key={id}
            id={id}
            list={`/tasks${search}`}
            onDone={() => {
              navigate(`/tasks${search}`);
              reload();
            }}
            onChange={reload}
          />
        )}
      </div>
    </>
  );
}
