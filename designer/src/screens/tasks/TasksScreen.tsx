import { definitions } from "~/api/definitions";
import type { Definition } from "~/api/types";
import { Bar } from "~/frame/Bar";
import { navigate } from "~/frame/router";
import { Empty, Failed, Loading } from "~/ui/basics";
import { Pager } from "~/ui/Pager";
import { useResource } from "~/ui/useResource";
import { isFiltered, nextOf, SIZE } from "./filters";
import { Me, NameNeeded } from "./Me";
import { useMe } from "./me";
import { NewTask } from "./NewTask";
import { TaskFilters } from "./TaskFilters";
import { TaskPanel } from "./TaskPanel";
import { TaskTable } from "./TaskTable";
import { type TaskList, useTaskList } from "./useTaskList";

interface ListProps {
  found: TaskList;
  known: readonly Definition[];
  id: string | null;
  query: URLSearchParams;
  hrefOf: (id: string | null) => string;
}

function List({ found, known, id, query, hrefOf }: ListProps) {
  if (!found.list.length)
    return isFiltered(query) ? (
      <Empty
        title="No task matches"
        action={
          <a class="button" href="/tasks">
            Show all tasks
          </a>
        }
      >
        Tasks that match will appear here as instances come to them.
      </Empty>
    ) : (
      <Empty
        title="No task waits here"
        action={
          <a class="button" href="/start">
            Start a process
          </a>
        }
      >
        Work for people appears here as soon as an instance comes to a user task.
      </Empty>
    );
  return (
    <TaskTable
      list={found.list}
      keys={found.keys}
      names={new Map(known.map((it) => [it.key, it.name ?? it.key]))}
      id={id}
      sortBy={query.get("sort") ?? "urgency"}
      sortOrder={query.get("order") ?? "asc"}
      hrefOf={hrefOf}
    />
  );
}

export function TasksScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const name = useMe();
  const { value: found, error, reload, turn } = useTaskList(query, name);
  const { value: known = [] } = useResource((signal) => definitions({ latestVersion: true }, signal), []);
  const search = query.toString() && `?${query}`;
  const hrefOf = (task: string | null) => (task ? `/tasks/${encodeURIComponent(task)}${search}` : `/tasks${search}`);
  const nameless = query.get("whose") === "mine" && !name;
  const openNext = (done: string) => {
    const ids = found?.list.map((it) => it.id) ?? [];
    navigate(hrefOf(nextOf(ids, done)));
    reload();
  };
  return (
    <>
      <Bar crumbs={[]} title="Tasks">
        <Me />
        <NewTask onDone={reload} />
      </Bar>
      <TaskFilters query={query} definitions={known} total={found?.total} turn={turn} />
      <div class="split">
        <div class="list-side">
          <div class="content">
            {error && !found && <Failed what="the tasks" error={error} again={reload} />}
            {!error && !found && <Loading what="tasks" />}
            {nameless && <NameNeeded />}
            {found && !nameless && <List found={found} known={known} id={id} query={query} hrefOf={hrefOf} />}
          </div>
          <Pager page={Math.max(0, Number(query.get("page") ?? "1") - 1)} size={SIZE} total={found?.total ?? 0} />
        </div>
        {id && (
          <TaskPanel
            key={id}
            id={id}
            listed={found?.list.find((it) => it.id === id)}
            list={hrefOf(null)}
            onDone={() => openNext(id)}
            onChange={reload}
          />
        )}
      </div>
    </>
  );
}
