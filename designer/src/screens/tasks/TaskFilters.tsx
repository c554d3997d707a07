import { useEffect, useState } from "preact/hooks";
import { taskGroups } from "~/api/tasks";
import type { Definition } from "~/api/types";
import { setQuery } from "~/frame/router";
import { plural } from "~/ui/format";
import { useResource } from "~/ui/useResource";
import { NO_GROUP, PRIORITIES, WHOSE } from "./filters";

const TYPING_MS = 250;

interface ChoiceProps {
  name: string;
  label: string;
  all: string;
  options: readonly { id: string; label: string }[];
  query: URLSearchParams;
}

function Choice({ name, label, all, options, query }: ChoiceProps) {
  return (
    <select
      class="select"
      aria-label={label}
      value={query.get(name) ?? ""}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value, page: null })}
    >
      <option value="">{all}</option>
      {options.map((it) => (
        <option key={it.id} value={it.id}>
          {it.label}
        </option>
      ))}
    </select>
  );
}

interface Props {
  query: URLSearchParams;
  definitions: readonly Definition[];
  total: number | undefined;
  /** Counts what happened to tasks since the page was opened. */
  turn: number;
}

export function TaskFilters({ query, definitions, total, turn }: Props) {
  const { value: groups } = useResource(taskGroups, [turn]);
  const [text, setText] = useState(query.get("text") ?? "");
  useEffect(() => {
    if (text === (query.get("text") ?? "")) return;
    const timer = setTimeout(() => setQuery({ text, page: null }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const whose = query.get("whose") ?? "";
  return (
    <div class="filters">
      <div class="segments" role="group" aria-label="Which tasks">
        {WHOSE.map(({ id, label }) => (
          <button
            type="button"
            key={id}
            aria-pressed={id === whose}
            onClick={() => setQuery({ whose: id, page: null })}
          >
            {label}
          </button>
        ))}
      </div>
      <input
        class="input"
        type="search"
        placeholder="Task or business key"
        aria-label="Text in the task or the business key"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Choice
        name="group"
        label="Group"
        all="All groups"
        query={query}
        options={(groups ?? []).map(({ groupName, taskCount }) => ({
          id: groupName ?? NO_GROUP,
          label: `${groupName ?? "No group"} (${taskCount})`,
        }))}
      />
      <Choice
        name="definition"
        label="Process"
        all="All processes"
        query={query}
        options={definitions.map((it) => ({ id: it.key, label: it.name ?? it.key }))}
      />
      <Choice name="priority" label="Priority" all="Any priority" query={query} options={PRIORITIES} />
      {total !== undefined && <span class="found numbers">{plural(total, "task")}</span>}
    </div>
  );
}
