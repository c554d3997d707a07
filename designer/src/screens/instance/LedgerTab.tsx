import { isAsked } from "~/api/approvals";
import { ledgerAction } from "~/api/operations";
import type { LedgerEntry } from "~/api/types";
import { type Whose, whoseIs } from "~/frame/session";
import { Ago, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { LEDGER_LOOKS } from "~/ui/ledgerLooks";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import type { PanelProps } from "./panel";

const ACTIONS = [
  ["retry", "Retry", "Runs the handler again", "Retrying the undoing of"],
  ["skip", "Skip", "Leaves this activity done and goes on with the next", "Not undone:"],
  [
    "mark-undone",
    "Mark undone",
    "Says that it was undone by other means, and goes on with the next",
    "Marked as undone:",
  ],
] as const;

/** How it was, or would be, undone. */
function means({ state, handler }: LedgerEntry, name: (id: string) => string): string {
  const by = handler ? `by ${name(handler)}` : "by what is inside it";
  if (state === "undone") return `undone ${by}`;
  return state === "skipped" || state === "discarded" || state === "kept" ? "stays as it is" : `to be undone ${by}`;
}

interface LineProps {
  entry: LedgerEntry;
  now: number;
  name: (id: string) => string;
  chosen: boolean;
  whose: Whose;
  onSelect: (id: string) => void;
  onAct?: ((action: (typeof ACTIONS)[number][0]) => void) | undefined;
}

function Line({ entry, now, name, chosen, whose, onSelect, onAct }: LineProps) {
  const [look, word] = LEDGER_LOOKS[entry.state];
  return (
    <li class={chosen ? "chosen" : ""} data-seq={entry.seq} data-state={entry.state}>
      <span class="line">
        <span class="seq">{entry.seq}</span>
        <button type="button" class="linkish grow clip" onClick={() => onSelect(entry.element)}>
          {name(entry.element)}
        </button>
        <State look={look} word={word} />
      </span>
      <span class="line small secondary">
        <span class="seq" />
        <span class="grow clip">{means(entry, name)}</span>
        <Ago at={entry.undoneAt ?? entry.completedAt} now={now} />
      </span>
      {onAct && (
        <span class="line">
          <span class="seq" />
          {ACTIONS.map(([action, label, what]) => (
            <Deed
              key={action}
              needs="process-instance:update"
              whose={whose}
              class="button slim"
              title={what}
              onClick={() => onAct(action)}
            >
              {label}
            </Deed>
          ))}
        </span>
      )}
    </li>
  );
}

/** What was done that can be undone, newest first: the order in which it would be undone. */
export function LedgerTab({ instance, header, view, live, selected, onSelect, name }: PanelProps) {
  const now = useNow();
  const entries = [...view.ledger.values()].sort((a, b) => b.seq - a.seq);
  if (!entries.length)
    return (
      <p class="secondary">
        Nothing was done yet that can be undone. Completed activities with a compensation handler are listed here.
      </p>
    );
  const act = (entry: LedgerEntry) => (action: (typeof ACTIONS)[number][0]) =>
    void ledgerAction(instance, entry.seq, action).then(
      (answer) =>
        isAsked(answer) || toast(`${ACTIONS.find((it) => it[0] === action)?.[3] ?? ""} ${name(entry.element)}`),
      toastError,
    );
  return (
    <ul class="list">
      {entries.map((it) => (
        <Line
          key={it.seq}
          entry={it}
          now={now}
          name={name}
          chosen={it.element === selected}
          whose={whoseIs(header)}
          onSelect={onSelect}
          onAct={live && it.state === "failed" ? act(it) : undefined}
        />
      ))}
    </ul>
  );
}
