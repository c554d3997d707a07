/** Tries a condition or an expression with variables typed in, of a scenario or of an instance. A chunk of its own. */

import { useState } from "preact/hooks";
import { parseObject, show, toVariables } from "~/forms/variables";
import { Dialog } from "~/ui/Dialog";
import { State } from "~/ui/state";
import type { Scenario } from "../simulate/scenario";
import { type Condition, testCondition, type Verdict, variablesOfInstance, variablesOfScenario } from "./conditionTest";

interface Props {
  condition: Condition;
  scenarios: readonly Scenario[];
  onClose: () => void;
}

function Outcome({ verdict }: { verdict: Verdict | null }) {
  if (!verdict) return null;
  if ("failed" in verdict)
    return (
      <div class="note" role="alert">
        {verdict.failed}
      </div>
    );
  if ("gives" in verdict)
    return (
      <p role="status">
        Gives <span class="mono">{show(verdict.gives)}</span> <span class="secondary">{verdict.gives.type}</span>
      </p>
    );
  const [look, word] = verdict.holds
    ? (["done", "True: this flow is taken"] as const)
    : (["cancelled", "False: this flow is not taken"] as const);
  return (
    <div role="status">
      <State look={look} word={word} />
    </div>
  );
}

export function ConditionDialog({ condition, scenarios, onClose }: Props) {
  const [text, setText] = useState(condition.text);
  const [json, setJson] = useState("");
  const [instance, setInstance] = useState("");
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = (work: () => Promise<void>) => {
    setBusy(true);
    setVerdict(null);
    work()
      .catch((error: Error) => setVerdict({ failed: error.message }))
      .finally(() => setBusy(false));
  };
  const fill = (values: Record<string, unknown>) => setJson(JSON.stringify(values, null, 2));
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseObject(json);
    if (!parsed.ok) return setVerdict({ failed: parsed.message });
    attempt(async () => setVerdict(await testCondition({ ...condition, text }, toVariables(parsed.values))));
  };
  return (
    <Dialog title={condition.isValue ? "Try an expression" : "Test the condition"} onClose={onClose}>
      <form class="plain" onSubmit={submit}>
        <div class="field">
          <label for="condition-text">{condition.isValue ? "Expression" : "Condition"}</label>
          <input
            id="condition-text"
            class="input mono"
            required
            autocomplete="off"
            spellcheck={false}
            placeholder={condition.isValue ? "=amount * 2" : ""}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        {scenarios.length > 0 && (
          <div class="field">
            <label for="condition-scenario">Variables of a scenario</label>
            <select
              id="condition-scenario"
              class="select"
              onChange={(event) => {
                const chosen = scenarios.find((it) => it.name === event.currentTarget.value);
                if (chosen) fill(variablesOfScenario(chosen));
              }}
            >
              <option value="">Choose…</option>
              {scenarios.map((it) => (
                <option key={it.name}>{it.name}</option>
              ))}
            </select>
          </div>
        )}
        <div class="field">
          <label for="condition-instance">Variables of an instance</label>
          <div class="row">
            <input
              id="condition-instance"
              class="input mono grow"
              placeholder="Its business key or id"
              autocomplete="off"
              value={instance}
              onInput={(event) => setInstance(event.currentTarget.value)}
            />
            <button
              type="button"
              class="button"
              disabled={busy || !instance.trim()}
              onClick={() => attempt(async () => fill(await variablesOfInstance(instance.trim())))}
            >
              Take them
            </button>
          </div>
        </div>
        <div class="field">
          <label for="condition-variables">Variables (JSON)</label>
          <textarea
            id="condition-variables"
            class="textarea"
            spellcheck={false}
            placeholder={'{"amount": 12}'}
            value={json}
            onInput={(event) => setJson(event.currentTarget.value)}
          />
        </div>
        <Outcome verdict={verdict} />
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            {condition.isValue ? "Try" : "Test"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
