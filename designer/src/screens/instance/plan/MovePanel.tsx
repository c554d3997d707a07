import { useEffect, useState } from "preact/hooks";
import { modify, previewModification } from "~/api/operations";
import { isStartable } from "~/diagram/dragging";
import type { ElementInfo } from "~/diagram/LivePane";
import type { PlanMark } from "~/diagram/plan";
import { type Token, tokensOf, type View } from "~/live/view";
import { plural } from "~/ui/format";
import { Icon } from "~/ui/icons";
import { toast, toastError } from "~/ui/toast";
import { marksOf, type Outcome, outcomeOf, type Step, toInstructions } from "./moves";
import { Places, PlanFrame } from "./PlanFrame";

interface Props {
  instance: string;
  view: View;
  elements: readonly ElementInfo[];
  steps: readonly Step[];
  /** The token that is chosen at first. */
  from: number | undefined;
  onSteps: (steps: readonly Step[]) => void;
  name: (id: string) => string;
  onMarks: (marks: readonly PlanMark[]) => void;
  onSelect: (id: string) => void;
  /** Asks for the plan that undoes back to an element instead. */
  onRollback: (to: string) => void;
  onClose: () => void;
}

/** Asks the engine at each change of the steps, and whenever the instance has gone on meanwhile. */
function useOutcome({ instance, view, steps, onMarks }: Props): {
  outcome: Outcome | null;
  failed: string | undefined;
} {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [failed, setFailed] = useState<string>();
  useEffect(() => {
    let alive = true;
    const show = (found: Outcome | null, message?: string) => {
      if (!alive) return;
      setOutcome(found);
      setFailed(message);
      onMarks(found ? marksOf(found) : []);
    };
    if (!steps.length) show(null);
    else
      previewModification(instance, toInstructions(instance, steps)).then(
        ({ events, state }) => show(outcomeOf(view, events, state)),
        (error: Error) => show(null, error.message),
      );
    return () => {
      alive = false;
    };
  }, [instance, steps, view.position]);
  useEffect(() => () => onMarks([]), []);
  return { outcome, failed };
}

function sayStep({ token, to, place }: Step, view: View, name: (id: string) => string): string {
  const from = token === null ? null : name(view.tokens.get(token)?.element ?? "");
  if (to === null) return `End the token at ${from}`;
  return from === null ? `Begin ${place} ${name(to)}` : `From ${from} to ${place} ${name(to)}`;
}

function Steps({ view, steps, onSteps, name }: Pick<Props, "view" | "steps" | "onSteps" | "name">) {
  if (!steps.length)
    return <p class="secondary">Drag a token to another element on the diagram, or choose here what is to move.</p>;
  return (
    <ul class="list">
      {steps.map((it, index) => {
        const said = sayStep(it, view, name);
        return (
          <li key={index}>
            <span class="line">
              <span class="grow">{said}</span>
              <button
                type="button"
                class="button quiet icon slim"
                aria-label={`Take away: ${said}`}
                onClick={() => onSteps(steps.filter((other) => other !== it))}
              >
                <Icon name="close" size={14} />
              </button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const NEW = "new";
const NOWHERE = "";

function Add({
  view,
  elements,
  steps,
  from: first,
  onSteps,
  name,
}: Pick<Props, "view" | "elements" | "steps" | "from" | "onSteps" | "name">) {
  const [from, setFrom] = useState<string | null>(first === undefined ? null : String(first));
  const [to, setTo] = useState(NOWHERE);
  const [place, setPlace] = useState<Step["place"]>("before");
  const free = tokensOf(view, 0).filter((it) => !steps.some((step) => step.token === it.number));
  const chosen = from ?? String(free[0]?.number ?? NEW);
  const useless = chosen === NEW && to === NOWHERE;
  const add = (event: Event) => {
    event.preventDefault();
    if (useless) return;
    onSteps([...steps, { token: chosen === NEW ? null : Number(chosen), to: to || null, place }]);
    setFrom(null);
    setTo(NOWHERE);
  };
  const places = elements.filter((it) => isStartable(it.type));
  return (
    <form class="plain move" onSubmit={add}>
      <div class="field">
        <label for="move-token">Token</label>
        <select id="move-token" class="select" value={chosen} onChange={(it) => setFrom(it.currentTarget.value)}>
          {free.map((it) => (
            <option key={it.number} value={it.number}>
              {name(it.element)} (token {it.number})
            </option>
          ))}
          <option value={NEW}>A new token</option>
        </select>
      </div>
      <div class="field">
        <label for="move-to">Goes to</label>
        <select id="move-to" class="select" value={to} onChange={(it) => setTo(it.currentTarget.value)}>
          <option value={NOWHERE}>{chosen === NEW ? "Choose an element…" : "Nowhere: it ends"}</option>
          {places.map((it) => (
            <option key={it.id} value={it.id}>
              {it.name}
            </option>
          ))}
        </select>
      </div>
      <div class="row">
        <div class="segments" role="group" aria-label="Where it begins">
          {(["before", "after"] as const).map((it) => (
            <button type="button" key={it} aria-pressed={it === place} onClick={() => setPlace(it)}>
              {it === "before" ? "Before it" : "After it"}
            </button>
          ))}
        </div>
        <button type="submit" class="button" disabled={useless}>
          Add to the plan
        </button>
      </div>
    </form>
  );
}

const waitOf = (token: Token): string | undefined => token.awaited.find((it) => it.name)?.name ?? undefined;

function Consequences({ outcome, name, onSelect }: { outcome: Outcome } & Pick<Props, "name" | "onSelect">) {
  const { stops, starts, passes, undoes, ends } = outcome;
  const places = (tokens: readonly Token[]) =>
    tokens.map((it) => ({ key: it.number, element: it.element, ...(waitOf(it) ? { note: waitOf(it) ?? "" } : {}) }));
  return (
    <>
      {stops.length > 0 && (
        <section>
          <h3>Stops</h3>
          <Places kind="stop" places={places(stops)} name={name} onSelect={onSelect} />
        </section>
      )}
      {starts.length > 0 && (
        <section>
          <h3>Starts</h3>
          <Places kind="start" places={places(starts)} name={name} onSelect={onSelect} />
        </section>
      )}
      {passes.length > 0 && <p class="secondary small">On the way it passes {passes.map(name).join(", ")}.</p>}
      {ends && <p>The instance ends: {ends}.</p>}
      {undoes.length > 0 ? (
        <section>
          <h3>Is undone</h3>
          <Places
            kind="undo"
            places={undoes.map((element, key) => ({ key, element }))}
            name={name}
            onSelect={onSelect}
          />
        </section>
      ) : (
        <p>Nothing is undone.</p>
      )}
    </>
  );
}

/** Puts a modification together, shows what it would lead to, and applies it as one. */
export function MovePanel(props: Props) {
  const { instance, view, steps, name, onSelect, onRollback, onClose } = props;
  const { outcome, failed } = useOutcome(props);
  const [busy, setBusy] = useState(false);
  const go = () => {
    setBusy(true);
    modify(instance, toInstructions(instance, steps)).then(
      () => {
        toast(`Moved ${plural(steps.length, "token")}`);
        onClose();
      },
      (error: unknown) => {
        toastError(error);
        setBusy(false);
      },
    );
  };
  const back = steps.length === 1 ? steps[0]?.to : null;
  const done = back ? (view.processes.get(0)?.elements.get(back)?.completed ?? 0) > 0 : false;
  return (
    <PlanFrame
      title="Move tokens"
      failed={failed}
      onClose={onClose}
      actions={
        <button type="button" class="button primary" disabled={!outcome || busy} onClick={go}>
          Apply {plural(steps.length, "move")}
        </button>
      }
    >
      <Steps {...props} />
      {outcome && <Consequences outcome={outcome} name={name} onSelect={onSelect} />}
      {back && done && (
        <p class="secondary small">
          To undo what was done since,{" "}
          <button type="button" class="linkish" onClick={() => onRollback(back)}>
            go back to {name(back)}
          </button>{" "}
          instead.
        </p>
      )}
      <h3>Another move</h3>
      <Add {...props} />
    </PlanFrame>
  );
}
