import { useEffect, useState } from "preact/hooks";
import { businessKeys } from "~/api/instance-lists";
import { openStream } from "~/api/stream";
import { countTasks, type TaskPage, tasks } from "~/api/tasks";
import type { UserTask } from "~/api/types";
import { useResource } from "~/ui/useResource";
import { filterOf, SIZE } from "./filters";

export interface TaskList {
  list: UserTask[];
  total: number;
  /** Business keys by instance: a task says only which instance it belongs to. */
  keys: Map<string, string>;
}

const TASK_EVENT = /^(UserTask|InstanceEnded|ElementCancelled)/;
/** However fast tasks come and go, the list is loaded no more often than this. */
const RELOAD_MS = 400;

/** Counts up when the stream begins, and when it tells of user tasks. */
function useTaskEvents(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer = 0;
    const close = openStream("/stream", {
      on: {
        // Changes come from now on: what happened before this moment may be missing in what was loaded already.
        snapshot: () => setTurn((it) => it + 1),
        events: (data) => {
          const { events } = data as { events: { type: string }[] };
          if (timer || !events.some((it) => TASK_EVENT.test(it.type))) return;
          timer = window.setTimeout(() => {
            timer = 0;
            setTurn((it) => it + 1);
          }, RELOAD_MS);
        },
      },
    });
    return () => {
      window.clearTimeout(timer);
      close();
    };
  }, []);
  return turn;
}

async function load(query: URLSearchParams, me: string, signal: AbortSignal): Promise<TaskList> {
  const filter = filterOf(query, me, new Date().toISOString());
  const page: TaskPage = {
    sortBy: query.get("sort") ?? "urgency",
    sortOrder: query.get("order") ?? "asc",
    firstResult: SIZE * Math.max(0, Number(query.get("page") ?? "1") - 1),
    maxResults: SIZE,
  };
  const [list, total] = await Promise.all([tasks(filter, page, signal), countTasks(filter, signal)]);
  return { list, total, keys: await businessKeys(list.map((it) => it.processInstanceId)) };
}

/** The page of tasks that the address describes; `turn` counts what happened to tasks since. */
export function useTaskList(query: URLSearchParams, me: string) {
  const turn = useTaskEvents();
  const found = useResource((signal) => load(query, me, signal), [query.toString(), me], turn);
  return { ...found, turn };
}
