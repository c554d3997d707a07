import { useEffect, useState } from "preact/hooks";
import { isAsked } from "~/api/approvals";
import { cancel, plan, rollback } from "~/api/operations";
import type { PlanStep } from "~/api/types";
import { numbersOf, type PlanMark } from "~/diagram/plan";
import { type Token, tokensOf, type View } from "~/live/view";
import { plural } from "~/ui/format";
import { toastError } from "~/ui/toast";
import { Places, PlanFrame } from "./PlanFrame";

interface Props {
  instance: string;
  view: View;
  /** The element to go back to; without it the instance is cancelled. */
  to: string | null;
  /** Whether anything is undone: a plain cancel undoes nothing. */
  undoes: boolean;
  name: (id: string) => string;
  onMarks: (marks: readonly PlanMark[]) => void;
  onSelect: (id: string) => void;
  /** Asks for the plan that undoes everything instead. */
  onUndo: () => void;
  onClose: () => void;
}

function marksOf({ to, undoes }: Props, steps: readonly PlanStep[], tokens: readonly Token[]): PlanMark[] {
  const stops = to ? [] : [...new Set(tokens.map((it) => it.element))];
  return [
    ...stops.map((element): PlanMark => ({ element, kind: "stop", text: "×" })),
    ...(undoes ? numbersOf(steps.map((it) => it.element)) : []),
    ...(to ? [{ element: to, kind: "start" as const, text: "+" }] : []),
  ];
}

const TITLES = { cancel: "Cancel without undoing", undo: "Undo everything and cancel" };

/** Shows exactly what would end and what would be undone, in order, before anything is. */
export function UndoPanel(props: Props) {
  const { instance, view, to, undoes, name, onMarks, onSelect, onUndo, onClose } = props;
  const [steps, setSteps] = useState<PlanStep[]>();
  const [failed, setFailed] = useState<string>();
  const [busy, setBusy] = useState(false);
  const tokens = tokensOf(view, 0);
  const ended = view.state !== "active" && view.state !== "suspended";
  // A plan that has been overtaken by the instance would show what is no longer so.
  useEffect(() => {
    plan(instance, to ? { to } : {}).then(
      (found) => {
        setSteps(found);
        setFailed(undefined);
        onMarks(marksOf(props, found, tokens));
      },
      (error: Error) => {
        setFailed(error.message);
        onMarks([]);
      },
    );
  }, [instance, to, undoes, view.position]);
  useEffect(() => () => onMarks([]), []);
  const go = async () => {
    setBusy(true);
    try {
      if (to) isAsked(await rollback(instance, to));
      else await cancel(instance, undoes);
      onClose();
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  const what = to ? `go back to ${name(to)}` : "cancel";
  const count = undoes ? (steps?.length ?? 0) : 0;
  const label = count
    ? `Undo ${count} and ${what}`
    : undoes
      ? what.charAt(0).toUpperCase() + what.slice(1)
      : "Cancel the instance";
  return (
    <PlanFrame
      title={to ? `Go back to ${name(to)}` : TITLES[undoes ? "undo" : "cancel"]}
      failed={failed}
      onClose={onClose}
      actions={
        <button type="button" class="button primary" disabled={!steps || busy || ended} onClick={go}>
          {label}
        </button>
      }
    >
      {!to && tokens.length > 0 && (
        <section>
          <h3>Ends at once</h3>
          <Places
            kind="stop"
            places={tokens.map((it) => ({ key: it.number, element: it.element }))}
            name={name}
            onSelect={onSelect}
          />
        </section>
      )}
      {!steps && !failed && <p class="secondary">Working out what would be undone…</p>}
      {steps && undoes && <Undone steps={steps} name={name} onSelect={onSelect} />}
      {steps && undoes && (
        <p class="secondary small">
          {to
            ? `What is active now is interrupted first; then a token is put before ${name(to)}.`
            : "When all of it is undone the instance ends as compensated."}
        </p>
      )}
      {steps && !undoes && <p>Nothing is undone.</p>}
      {steps && !undoes && steps.length > 0 && (
        <p class="secondary small">
          {plural(steps.length, "completed activity", "completed activities")} could be undone:{" "}
          <button type="button" class="linkish" onClick={onUndo}>
            show the plan that undoes them
          </button>
          .
        </p>
      )}
    </PlanFrame>
  );
}

function Undone({
  steps,
  name,
  onSelect,
}: {
  steps: readonly PlanStep[];
  name: (id: string) => string;
  onSelect: (id: string) => void;
}) {
  if (!steps.length) return <p>There is nothing to undo.</p>;
  return (
    <section>
      <h3>Is undone, one after the other</h3>
      <Places
        kind="undo"
        places={steps.map((it) => ({
          key: it.seq,
          element: it.element,
          ...(it.handler ? { note: `by ${name(it.handler)}` } : {}),
        }))}
        name={name}
        onSelect={onSelect}
      />
    </section>
  );
}
