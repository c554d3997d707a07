import { useState } from "preact/hooks";
import type { DraftFile } from "~/api/drafts";
import { JsonInput } from "~/forms/JsonInput";
import { parseObject, toVariables } from "~/forms/variables";
import { type Answer, evaluateDecision } from "./evaluate";
import type { DecisionInfo } from "./kinds";

const show = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function Rows({ rows }: { rows: readonly Record<string, unknown>[] }) {
  const columns = [...new Set(rows.flatMap((it) => Object.keys(it)))];
  if (!rows.length) return <p class="secondary">No row fits: the decision has no answer.</p>;
  return (
    <table class="answers">
      <thead>
        <tr>
          {columns.map((it) => (
            <th key={it} scope="col">
              {it}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {columns.map((it) => (
              <td key={it} class="mono">
                {it in row ? show(row[it]) : ""}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Props {
  decisions: readonly DecisionInfo[];
  /** The decision that is shown. */
  current: string | null;
  files: readonly DraftFile[];
}

/** What a decision answers to some variables, as it is drawn now. */
export function EvaluateBox({ decisions, current, files }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [json, setJson] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [busy, setBusy] = useState(false);
  const decision = chosen ?? current ?? decisions[0]?.id ?? "";
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(json);
    setWrong(parsed.ok ? null : parsed.message);
    if (!parsed.ok) return;
    setBusy(true);
    setAnswer(null);
    evaluateDecision(decision, files, toVariables(parsed.values))
      .then(setAnswer, (error: Error) => setAnswer({ failed: error.message }))
      .finally(() => setBusy(false));
  };
  return (
    <form class="plain evaluate" onSubmit={submit} aria-label="Evaluate">
      <h2 class="small-title">Evaluate with</h2>
      {decisions.length > 1 && (
        <div class="field">
          <label for="evaluate-decision">Decision</label>
          <select
            id="evaluate-decision"
            class="select"
            value={decision}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {decisions.map((it) => (
              <option key={it.id} value={it.id}>
                {it.name}
              </option>
            ))}
          </select>
        </div>
      )}
      <JsonInput id="evaluate-variables" label="Variables (JSON)" text={json} message={wrong} onText={setJson} low />
      <div>
        <button type="submit" class="button primary" disabled={busy || !decision}>
          Evaluate
        </button>
      </div>
      {answer && (
        <div role="status">
          {"failed" in answer ? <p class="note">{answer.failed}</p> : <Rows rows={answer.rows} />}
        </div>
      )}
    </form>
  );
}
