import { useEffect, useState } from "preact/hooks";
import { cancel, plan, rollback } from "~/api/instances";
import type { PlanStep } from "~/api/types";
import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";
import { toastError } from "~/ui/toast";

interface Props {
  instance: string;
  /** The element to go back to; without it the instance is cancelled. */
  to: string | null;
  name: (id: string) => string;
  onPlan: (numbers: ReadonlyMap<string, string>) => void;
  onClose: () => void;
}

function numbersOf(steps: PlanStep[]): Map<string, string> {
  const numbers = new Map<string, string>();
  for (const [index, { element }] of steps.entries()) {
    const earlier = numbers.get(element);
    numbers.set(element, earlier ? `${earlier},${index + 1}` : String(index + 1));
  }
  return numbers;
}

/** Shows exactly what would be undone, in order, before anything is. */
export function UndoDialog({ instance, to, name, onPlan, onClose }: Props) {
  const [steps, setSteps] = useState<PlanStep[]>();
  const [failed, setFailed] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    plan(instance, to ? { to } : {}).then(
      (found) => {
        setSteps(found);
        onPlan(numbersOf(found));
      },
      (error: Error) => setFailed(error.message),
    );
    return () => onPlan(new Map());
  }, [instance, to]);
  const go = () => {
    setBusy(true);
    const done = to ? rollback(instance, to) : cancel(instance, true);
    done.then(onClose, (error: unknown) => {
      toastError(error);
      setBusy(false);
    });
  };
  const what = to ? `go back to ${name(to)}` : "cancel";
  const label = steps?.length ? `Undo ${steps.length} and ${what}` : what.charAt(0).toUpperCase() + what.slice(1);
  return (
    <Dialog title={to ? `Go back to ${name(to)}` : "Undo everything and cancel"} onClose={onClose}>
      {failed && (
        <div class="note" role="alert">
          {failed}
        </div>
      )}
      {!steps && !failed && <p class="secondary">Working out what would be undone…</p>}
      {steps && (
        <>
          <p>
            {steps.length
              ? `${plural(steps.length, "activity", "activities")} would be undone, one after the other, in this order:`
              : "There is nothing to undo."}
          </p>
          <ol class="steps">
            {steps.map((it) => (
              <li key={it.seq}>
                <span>{name(it.element)}</span>
                <span class="secondary small">{it.handler ? `by ${name(it.handler)}` : ""}</span>
              </li>
            ))}
          </ol>
          <p class="secondary small">
            What is active now is interrupted first
            {to ? `; then a token is put before ${name(to)}.` : "; then the instance ends as compensated."}
          </p>
        </>
      )}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Leave it running
        </button>
        <button type="button" class="button primary" disabled={!steps || busy} onClick={go}>
          {label}
        </button>
      </footer>
    </Dialog>
  );
}
