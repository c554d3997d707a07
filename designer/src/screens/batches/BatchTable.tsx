import type { Batch } from "~/api/batches";
import { paths } from "~/frame/router";
import { Ago, useNow } from "~/ui/basics";
import { State } from "~/ui/state";
import { progressOf, stateOf, typeOf } from "./words";

interface Props {
  list: Batch[];
  /** The open batch; with one there is less room. */
  id: string | null;
  /** Of the list, to be kept in addresses. */
  search: string;
}

export function BatchTable({ list, id, search }: Props) {
  const now = useNow();
  return (
    <table class="table rows">
      <colgroup>
        <col />
        {!id && <col style={{ width: "14%" }} />}
        <col style={{ width: id ? "36%" : "34%" }} />
        <col style={{ width: 120 }} />
        {!id && <col style={{ width: 110 }} />}
      </colgroup>
      <thead>
        <tr>
          <th>What</th>
          {!id && <th>Who</th>}
          <th>Progress</th>
          <th>State</th>
          {!id && <th>Begun</th>}
        </tr>
      </thead>
      <tbody>
        {list.map((it) => (
          <tr key={it.id} aria-current={it.id === id ? "true" : undefined}>
            <td class="at-1">
              <a class="name" href={paths.batch(it.id) + search}>
                {typeOf(it)}
              </a>
            </td>
            {!id && <td class="secondary">{it.by}</td>}
            <td class="at-2-all">
              <span class="batch-progress">
                <progress max={it.total} value={it.done} aria-label={`Progress of ${typeOf(it)}`} />
                <span class="numbers clip">{id ? `${it.done} of ${it.total}` : progressOf(it)}</span>
              </span>
            </td>
            <td class="at-1-end">
              <State {...stateOf(it)} />
            </td>
            {!id && (
              <td class="secondary at-2-end">
                <Ago at={it.createdAt} now={now} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
