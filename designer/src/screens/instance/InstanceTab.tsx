import { useMemo, useState } from "preact/hooks";
import { paths } from "~/frame/router";
import { whoseIs } from "~/frame/session";
import { statedOf, tokensOf } from "~/live/view";
import { Ago, Id, useNow } from "~/ui/basics";
import { absolute, duration, plural } from "~/ui/format";
import { Lazy } from "~/ui/Lazy";
import { State, stateOf } from "~/ui/state";
import { AuditLink } from "./CausedBy";
import { comments, incidentsTab, type PanelProps } from "./panel";
import { More, SHOWN, TokenState, Waits } from "./tokenLines";

/** Where the instance is now; each token leads to its element. */
function Tokens({
  view,
  process,
  now,
  name,
  onSelect,
}: Pick<PanelProps, "view" | "process" | "name" | "onSelect"> & { now: number }) {
  const tokens = tokensOf(view, process).filter((it) => !view.called.has(it.number));
  if (!tokens.length) return null;
  return (
    <section>
      <h2 class="small-title">{plural(tokens.length, "token")}</h2>
      <ul class="list">
        {tokens.slice(0, SHOWN).map((it) => (
          <li key={it.number}>
            <span class="line">
              <button type="button" class="linkish grow clip" onClick={() => onSelect(it.element)}>
                {name(it.element)}
              </button>
            </span>
            <span class="line small">
              <span class="grow">
                <TokenState token={it} />
              </span>
              <span class="secondary">
                <Ago at={it.enteredAt} now={now} />
              </span>
            </span>
            <Waits token={it} now={now} name={name} />
          </li>
        ))}
        <More count={tokens.length - SHOWN} />
      </ul>
    </section>
  );
}

export function InstanceTab(props: PanelProps) {
  const { header, view, process, elements, name, onSelect } = props;
  const { look, word } = stateOf({ ...statedOf(view), archived: header.archived });
  const now = useNow(1000);
  const [commented, setCommented] = useState(false);
  const running = view.state === "active" || view.state === "suspended";
  const ended = running ? null : header.endedAt;
  // Made once: the many elements of a large diagram would be compared for each event.
  const choice = useMemo(
    () => (
      <select
        id="choose-element"
        class="select"
        value=""
        onChange={(event) => onSelect(event.currentTarget.value || null)}
      >
        <option value="">Choose here or on the diagram…</option>
        {elements.map((it) => (
          <option key={it.id} value={it.id}>
            {it.name}
          </option>
        ))}
      </select>
    ),
    [elements, onSelect],
  );
  const end = Date.parse(ended ?? (props.live ? new Date(now).toISOString() : view.at));
  return (
    <>
      {view.incidents.size > 0 && <Lazy load={incidentsTab} props={props} what="the incidents" />}
      <dl class="facts">
        <div>
          <dt>State</dt>
          <dd>
            <State look={look} word={word} />
          </dd>
        </div>
        {!running && (view.reason ?? header.reason) && (
          <div>
            <dt>Why</dt>
            <dd>{view.reason ?? header.reason}</dd>
          </div>
        )}
        <div>
          <dt>Id</dt>
          <dd>
            <Id id={header.id} />
          </dd>
        </div>
        <div>
          <dt>Business key</dt>
          <dd>{header.businessKey ?? <span class="secondary">none</span>}</dd>
        </div>
        <div>
          <dt>Definition</dt>
          <dd>
            <a href={paths.definition(header.definitionId)} title={header.definitionKey}>
              {name(header.definitionKey)} v{header.definitionId.split(":")[1]}
            </a>
          </dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>{absolute(header.startedAt)}</dd>
        </div>
        {ended && (
          <div>
            <dt>Ended</dt>
            <dd>{absolute(ended)}</dd>
          </div>
        )}
        <div>
          <dt>{ended ? "Took" : props.live ? "Runs for" : "Had run for"}</dt>
          <dd class="numbers">{duration(end - Date.parse(header.startedAt))}</dd>
        </div>
      </dl>
      <AuditLink instance={header.id} />
      <div class="field">
        <label for="choose-element">Look at an element</label>
        {choice}
      </div>
      <details onToggle={() => setCommented(true)}>
        <summary>Comments</summary>
        {commented && <Lazy load={comments} props={{ instance: header.id, whose: whoseIs(header) }} />}
      </details>
      <Tokens view={view} process={process} now={now} name={name} onSelect={onSelect} />
    </>
  );
}
