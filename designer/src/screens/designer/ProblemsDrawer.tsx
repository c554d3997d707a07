import type { Problem } from "~/api/types";
import { plural } from "~/ui/format";
import { Icon } from "~/ui/icons";
import { State } from "~/ui/state";
import { useStored } from "~/ui/useStored";
import type { Check } from "./useCheck";

function summary({ problems, failed, checking }: Check): string {
  if (failed) return "could not be checked";
  if (!problems.length) return checking ? "checking…" : "none";
  const errors = problems.filter((it) => it.severity === "error").length;
  const warnings = problems.length - errors;
  return [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean).join(", ");
}

function Row({ problem, onSelect }: { problem: Problem; onSelect: (id: string) => void }) {
  const error = problem.severity === "error";
  return (
    <li>
      <button type="button" class="problem" onClick={() => problem.element && onSelect(problem.element)}>
        <State look={error ? "incident" : "undoing"} word={error ? "Error" : "Warning"} />
        <span class="mono">{problem.element ?? ""}</span>
        <span>{problem.message}</span>
        <span class="mono secondary">{problem.rule}</span>
        <span class="secondary numbers">{problem.line ? `line ${problem.line}` : ""}</span>
      </button>
    </li>
  );
}

export function ProblemsDrawer({ check, onSelect }: { check: Check; onSelect: (id: string) => void }) {
  const [open, setOpen] = useStored("problems.open", true);
  const shown = open && (check.problems.length > 0 || check.failed !== null);
  return (
    <section class={`drawer ${shown ? "" : "closed"}`} style={{ height: 176 }} aria-label="Problems">
      <div class="drawer-head">
        <button type="button" class="button quiet slim" aria-expanded={shown} onClick={() => setOpen(!open)}>
          <Icon name={shown ? "chevron" : "up"} size={14} />
          Problems
        </button>
        <span class="small secondary" role="status">
          {summary(check)}
        </span>
      </div>
      {shown && (
        <div class="drawer-body" tabIndex={0} role="region" aria-label="List of problems">
          {check.failed && (
            <p class="note" style={{ margin: 8 }}>
              {check.failed}
            </p>
          )}
          <ul>
            {check.problems.map((it, index) => (
              <Row key={index} problem={it} onSelect={onSelect} />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
