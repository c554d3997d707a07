import type { UserTask } from "~/api/types";
import { paths } from "~/frame/router";
import { Ago, useNow } from "~/ui/basics";
import { shortId } from "~/ui/format";
import { SortHead } from "~/ui/SortHead";
import { Due } from "./Due";

interface Props {
  list: UserTask[];
  keys: Map<string, string>;
  names: Map<string, string>;
  /** The open task; with one there is less room. */
  id: string | null;
  sortBy: string;
  sortOrder: string;
  hrefOf: (id: string) => string;
}

const USUAL_PRIORITY = 50;
const keyOf = (definitionId: string) => definitionId.split(":")[0] ?? definitionId;

export const nameOf = (task: UserTask) => task.name ?? task.taskDefinitionKey ?? task.id;

function Line({ it, now, of }: { it: UserTask; now: number; of: Props }) {
  const key = it.processDefinitionId && keyOf(it.processDefinitionId);
  return (
    <tr aria-current={it.id === of.id ? "true" : undefined}>
      <td class="at-1">
        <a class="name" href={of.hrefOf(it.id)}>
          {nameOf(it)}
        </a>
      </td>
      {!of.id && <td class="secondary">{key && (of.names.get(key) ?? key)}</td>}
      <td class="at-2">
        {it.processInstanceId ? (
          <a href={paths.instance(it.processInstanceId)} title={it.processInstanceId}>
            {of.keys.get(it.processInstanceId) ?? <span class="mono">{shortId(it.processInstanceId)}</span>}
          </a>
        ) : (
          <span class="secondary">no process</span>
        )}
      </td>
      <td class="at-2-end">{it.due && <Due at={it.due} now={now} />}</td>
      {!of.id && <td class={`right ${it.priority === USUAL_PRIORITY ? "secondary" : ""}`}>{it.priority}</td>}
      <td class="at-1-end">{it.assignee ?? <span class="secondary">nobody</span>}</td>
      {!of.id && (
        <td class="secondary at-2-more">
          <Ago at={it.created} now={now} />
        </td>
      )}
    </tr>
  );
}

export function TaskTable(props: Props) {
  const { list, id, sortBy, sortOrder } = props;
  const now = useNow();
  const sort = { sortBy, sortOrder };
  return (
    <table class="table rows">
      <colgroup>
        <col />
        {!id && <col style={{ width: "18%" }} />}
        <col style={{ width: id ? "25%" : "16%" }} />
        <col style={{ width: 132 }} />
        {!id && <col style={{ width: 80 }} />}
        <col style={{ width: id ? "22%" : "17%" }} />
        {!id && <col style={{ width: 110 }} />}
      </colgroup>
      <thead>
        <tr>
          <SortHead id="name" label="Task" first="asc" {...sort} />
          {!id && <th>Process</th>}
          <th>Instance</th>
          <SortHead id="urgency" label="Due" first="asc" {...sort} />
          {!id && <SortHead id="priority" label="Priority" right {...sort} />}
          <SortHead id="assignee" label="Assignee" first="asc" {...sort} />
          {!id && <SortHead id="created" label="Waiting" {...sort} />}
        </tr>
      </thead>
      <tbody>
        {list.map((it) => (
          <Line key={it.id} it={it} now={now} of={props} />
        ))}
      </tbody>
    </table>
  );
}
