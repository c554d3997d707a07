import type Canvas from "diagram-js/lib/core/Canvas";
import type Selection from "diagram-js/lib/features/selection/Selection";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Problem } from "~/api/types";
import { plural } from "~/ui/format";
import { Icon } from "~/ui/icons";
import { State } from "~/ui/state";
import { useStored } from "~/ui/useStored";
import type { Modeler } from "../modeler";
import { CounterexamplePlayer } from "./CounterexamplePlayer";
import { type Fix, proposeFix } from "./fixes";
import { selectElement } from "./problemMarks";
import { namedIn } from "./shapes";
import type { Check } from "./useCheck";
import { sentence } from "./words";

function summary({ problems, failed, checking }: Check): string {
  if (failed) return "could not be checked";
  if (!problems.length) return checking ? "checking…" : "none";
  const errors = problems.filter((it) => it.severity === "error").length;
  const warnings = problems.length - errors;
  return [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean).join(", ");
}

interface RowProps {
  modeler: Modeler;
  problem: Problem;
  shown: boolean;
  onShow: () => void;
  /** Whether its repair was run: the next check tells what has become of it. */
  fixed: boolean;
  onFix: (fix: Fix) => void;
}

function Row({ modeler, problem, shown, onShow, fixed, onFix }: RowProps) {
  const error = problem.severity === "error";
  // What is wrong beside the diagram is not on the canvas.
  const element = problem.resource ? null : problem.element;
  const fix = proposeFix(modeler, problem);
  return (
    <li class={`problem ${fixed ? "is-fixed" : ""}`} data-rule={problem.rule} data-element={element ?? ""}>
      <State look={error ? "incident" : "undoing"} word={error ? "Error" : "Warning"} />
      <button
        type="button"
        class="linkish says"
        disabled={!element}
        title="Select it in the diagram"
        onClick={() => element && selectElement(modeler, element)}
      >
        {sentence(problem, namedIn(modeler))}
      </button>
      <span class="row">
        {fix && (
          <button
            type="button"
            class="button slim"
            title={fix.beside ? "Opens the form" : "Ctrl Z takes it back"}
            aria-disabled={fixed}
            onClick={() => onFix(fix)}
          >
            Fix: {fix.label.charAt(0).toLowerCase() + fix.label.slice(1)}
          </button>
        )}
        {element && (problem.steps?.length ?? 0) > 0 && (
          <button type="button" class="button slim" aria-pressed={shown} onClick={onShow}>
            {shown ? "Hide" : "Show me"}
          </button>
        )}
      </span>
      <details class="small secondary">
        <summary>Details</summary>
        <p>{problem.message}</p>
        <p>
          Rule <span class="mono">{problem.rule}</span>
          {element && (
            <>
              , element <span class="mono">{element}</span>
            </>
          )}
          {problem.line ? `, line ${problem.line}` : ""}
        </p>
      </details>
    </li>
  );
}

/** Repairs run at most once for each finding, and the focus goes on to the problem that takes the place of the repaired one. */
function useFixing(problems: readonly Problem[], modeler: Modeler) {
  const list = useRef<HTMLUListElement>(null);
  const [fixed, setFixed] = useState<readonly Problem[]>([]);
  const place = useRef<number | null>(null);
  useLayoutEffect(() => {
    setFixed([]);
    if (place.current === null) return;
    const rows = [...(list.current?.children ?? [])];
    const row = rows[Math.min(place.current, rows.length - 1)];
    place.current = null;
    if (document.activeElement !== document.body) return;
    if (row) (row.querySelector<HTMLElement>(".button") ?? row.querySelector<HTMLElement>(".says"))?.focus();
    else modeler.get<Canvas>("canvas").focus();
  }, [problems]);
  const run = (problem: Problem, index: number, fix: Fix) => {
    if (fixed.includes(problem)) return;
    setFixed([...fixed, problem]);
    place.current = index;
    // The panel of a selected element would take the focus to what a repair creates, such as a message.
    modeler.get<Selection>("selection").select(null as never);
    fix.run();
  };
  return { list, fixed, run };
}

/** The list below the canvas; it plays counterexamples on it. */
export function ProblemsDrawer({ check, modeler }: { check: Check; modeler: Modeler }) {
  const [open, setOpen] = useStored("problems.open", true);
  const [warnings, setWarnings] = useStored("problems.warnings", true);
  const [playing, setPlaying] = useState<Problem | null>(null);
  const player = useMemo(() => new CounterexamplePlayer(modeler), [modeler]);
  const fixing = useFixing(check.problems, modeler);
  const listed = check.problems.filter((it) => warnings || it.severity === "error");
  const hidden = check.problems.length - listed.length;
  const shown = open && check.calm && (check.problems.length > 0 || check.failed !== null);
  // Of a diagram that has changed the counterexample may not be true any more.
  useEffect(() => {
    setPlaying(null);
    player.stop();
    return () => player.stop();
  }, [check.problems]);
  const show = (problem: Problem) => {
    if (playing === problem) {
      player.stop();
      return setPlaying(null);
    }
    setPlaying(problem);
    selectElement(modeler, problem.element ?? "");
    player.play(problem.steps ?? [], problem.element ?? "");
  };
  return (
    <section class={`drawer problems ${shown ? "" : "closed"}`} style={{ height: 196 }} aria-label="Problems">
      <div class="drawer-head">
        <button
          type="button"
          class="button quiet slim"
          aria-expanded={shown}
          onClick={() => {
            setOpen(!shown);
            if (!shown) check.show(check.problems);
          }}
        >
          <Icon name={shown ? "chevron" : "up"} size={14} />
          Problems
        </button>
        <span class="small secondary" role="status">
          {summary(check)}
        </span>
        <label class="row small secondary every">
          <input type="checkbox" checked={warnings} onChange={() => setWarnings(!warnings)} />
          Warnings
          {hidden > 0 && <span class="numbers">({hidden} hidden)</span>}
        </label>
      </div>
      {shown && (
        <div class="drawer-body" tabIndex={0} role="region" aria-label="List of problems">
          {check.failed && (
            <p class="note" style={{ margin: 8 }}>
              {check.failed}
            </p>
          )}
          <ul ref={fixing.list}>
            {listed.map((it, index) => (
              <Row
                key={`${it.rule} ${it.element} ${index}`}
                modeler={modeler}
                problem={it}
                shown={playing === it}
                onShow={() => show(it)}
                fixed={fixing.fixed.includes(it)}
                onFix={(fix) => fixing.run(it, index, fix)}
              />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
