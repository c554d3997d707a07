import type { DeadLetter } from "~/api/types";
import { Ago, useNow } from "~/ui/basics";
import { State } from "~/ui/state";
import { elementOf, subjectOf, typeOf } from "./filters";

interface Props {
  list: DeadLetter[];
  /** The open letter; with one there is less room. */
  id: string | null;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  hrefOf: (id: string) => string;
}

export const wordOf = ({ direction }: DeadLetter) => (direction === "out" ? "Not sent" : "Not taken");

function toggle(chosen: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  if (on) next.add(id);
  else next.delete(id);
  return next;
}

function Line({ it, now, of }: { it: DeadLetter; now: number; of: Props }) {
  const type = typeOf(it);
  return (
    <tr aria-current={it.id === of.id ? "true" : undefined}>
      <td class="choose">
        <input
          type="checkbox"
          aria-label={`Choose ${type} of ${it.place}, ${it.id}`}
          checked={of.chosen.has(it.id)}
          onChange={(event) => of.onChoose(toggle(of.chosen, it.id, event.currentTarget.checked))}
        />
      </td>
      <td class="at-1">
        <a class="name" href={of.hrefOf(it.id)} title={elementOf(it) ? `${type}, from ${elementOf(it)}` : type}>
          {type}
        </a>{" "}
        <span class="secondary">{subjectOf(it)}</span>
      </td>
      {!of.id && <td class="secondary at-1-end">{it.place}</td>}
      <td class="at-2-all" title={it.error}>
        {it.again ? <State look="active" word="Is tried again" /> : it.error}
      </td>
      {!of.id && (
        <>
          <td>
            <State look={it.again ? "active" : "incident"} word={wordOf(it)} />
          </td>
          <td class="right numbers">{it.attempts}</td>
        </>
      )}
      <td class="secondary at-2-end">{it.at && <Ago at={it.at} now={now} />}</td>
    </tr>
  );
}

export function LetterTable(props: Props) {
  const { list, id, chosen, onChoose } = props;
  const now = useNow();
  return (
    <table class="table rows">
      <colgroup>
        <col style={{ width: 40 }} />
        <col style={{ width: id ? "38%" : "22%" }} />
        {!id && <col style={{ width: "12%" }} />}
        <col />
        {!id && <col style={{ width: 116 }} />}
        {!id && <col style={{ width: 84 }} />}
        <col style={{ width: 100 }} />
      </colgroup>
      <thead>
        <tr>
          <th class="choose">
            <input
              type="checkbox"
              aria-label="Choose all on this page"
              checked={list.every((it) => chosen.has(it.id))}
              onChange={(event) => onChoose(event.currentTarget.checked ? new Set(list.map((it) => it.id)) : new Set())}
            />
          </th>
          <th>Event</th>
          {!id && <th>Sink or source</th>}
          <th>Why not</th>
          {!id && <th>What</th>}
          {!id && <th class="right">Attempts</th>}
          <th>Since</th>
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
