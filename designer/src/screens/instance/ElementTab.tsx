import { pageOf } from "~/frame/address";
import { paths } from "~/frame/router";
import { whoseIs } from "~/frame/session";
import { type Awaited, callsOf, statedOf, type Token, tokenLook, tokensOf } from "~/live/view";
import { Ago, Id, Until, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { absolute, duration, plural } from "~/ui/format";
import { State, stateOf } from "~/ui/state";
import { AuditLink } from "./CausedBy";
import { IncidentCard } from "./IncidentCard";
import { IncidentsTab } from "./IncidentsTab";
import { Locks } from "./Locks";
import type { PanelProps } from "./SidePanel";

const WORDS = { incident: "Incident", undoing: "Undoing", waiting: "Waiting", active: "Active" };

function TokenState({ token }: { token: Token }) {
  const look = tokenLook(token);
  return <State look={look} word={WORDS[look]} />;
}

/** What must come for the token to go on, and what may come at its boundary. */
function Waits({ token, now, name }: { token: Token; now: number; name: (element: string) => string }) {
  return (
    <>
      {token.awaited.map((it) => (
        <span key={it.id} class="line small secondary">
          <span class="grow clip">{words(it, token, name)}</span>
          {it.due && <Until at={it.due} now={now} />}
        </span>
      ))}
    </>
  );
}

function words(it: Awaited, token: Token, name: (element: string) => string): string {
  const at = it.element === token.element ? "" : ` (${name(it.element)})`;
  switch (it.kind) {
    case "work":
      return `A worker on ${it.name}`;
    case "person":
      return it.name ? `${it.name} to do it` : "Somebody to claim it";
    case "message":
      return `Message ${it.name}`;
    case "signal":
      return `Signal ${it.name}`;
    case "conditional":
      return `A condition${at}`;
    case "trigger":
      return "A request to continue";
    case "timer":
      return `A time${at}`;
    default:
      return `The engine${at}`;
  }
}

interface TokenLineProps extends Pick<PanelProps, "name" | "onMove"> {
  token: Token;
  now: number;
}

function TokenLine({ token, now, name, onMove }: TokenLineProps) {
  return (
    <li>
      <span class="line">
        <TokenState token={token} />
        <span class="grow" />
        {onMove && token.undoes === null && (
          <button type="button" class="button slim" onClick={() => onMove(token.number)}>
            Move…
          </button>
        )}
        <span class="secondary small">
          <Ago at={token.enteredAt} now={now} />
        </span>
      </span>
      <Waits token={token} now={now} name={name} />
      {token.note && <span class="small secondary">{token.note}</span>}
    </li>
  );
}

const SHOWN = 30;

function More({ count }: { count: number }) {
  return count > 0 ? <li class="small secondary">and {count.toLocaleString("en")} more</li> : null;
}

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

function Instance(props: PanelProps) {
  const { header, view, process, elements, name, onSelect } = props;
  const { look, word } = stateOf(statedOf(view));
  const now = useNow(1000);
  const running = view.state === "active" || view.state === "suspended";
  const ended = running ? null : header.endedAt;
  const end = Date.parse(ended ?? (props.live ? new Date(now).toISOString() : view.at));
  return (
    <>
      {view.incidents.size > 0 && <IncidentsTab {...props} />}
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
            <a href={paths.definition(header.definitionId)}>
              {header.definitionKey} v{header.definitionId.split(":")[1]}
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
      </div>
      <Tokens view={view} process={process} now={now} name={name} onSelect={onSelect} />
    </>
  );
}

export function ElementTab(props: PanelProps) {
  const { instance, process, view, selected, elements, live, name, onSelect, onRollback } = props;
  const now = useNow(1000);
  if (!selected) return <Instance {...props} />;
  const info = elements.find((it) => it.id === selected);
  const mark = view.processes.get(process)?.elements.get(selected);
  const tokens = tokensOf(view, process).filter((it) => it.element === selected);
  const running = view.state === "active" || view.state === "suspended";
  const calls = callsOf(view, process, selected);
  return (
    <>
      <div class="row">
        <h2 class="grow clip" title={info?.name ?? selected}>
          {info?.name ?? selected}
        </h2>
        <button type="button" class="button slim" onClick={() => onSelect(null)}>
          Instance
        </button>
      </div>
      {[...view.incidents.values()]
        .filter((it) => it.element === selected && it.process === process)
        .map((it) => (
          <IncidentCard
            key={it.id}
            instance={instance}
            incident={it}
            events={props.events}
            variables={view.variables.get(0) ?? {}}
            live={live}
            whose={whoseIs(props.header)}
            name={name}
          />
        ))}
      <dl class="facts">
        <div>
          <dt>Kind</dt>
          <dd>{info?.type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase() ?? "unknown"}</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd class="mono">{selected}</dd>
        </div>
        <div>
          <dt>Completed</dt>
          <dd class="numbers">
            {mark?.completed ?? 0} of {mark?.entered ?? 0}
          </dd>
        </div>
        {mark && mark.cancelled > 0 && (
          <div>
            <dt>Cancelled</dt>
            <dd class="numbers">{mark.cancelled}</dd>
          </div>
        )}
        {mark && mark.undone > 0 && (
          <div>
            <dt>Undone</dt>
            <dd class="numbers">{mark.undone}</dd>
          </div>
        )}
      </dl>
      {tokens.length > 0 && (
        <ul class="list">
          {tokens.slice(0, SHOWN).map((it) => (
            <TokenLine key={it.number} token={it} now={now} name={name} onMove={props.onMove} />
          ))}
          <More count={tokens.length - SHOWN} />
        </ul>
      )}
      {live && tokens.some((it) => it.awaited.some((one) => one.kind === "work")) && (
        <Locks instance={instance} element={selected} position={view.position} />
      )}
      {calls.length > 0 && (
        <section>
          <h3>Called</h3>
          <ul class="list">
            {calls.map((it) => (
              <li key={it}>
                <span class="line">
                  <a class="grow" href={pageOf({ instance, process: it }, live ? null : view.position)}>
                    {view.called.get(it)?.split(":")[0]}
                  </a>
                  <State
                    look={view.tokens.has(it) ? "active" : "done"}
                    word={view.tokens.has(it) ? "Running" : "Ended"}
                  />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tokens.length === 0 && (
        <p class="secondary">{mark ? "No token is here now." : "The instance has not come here."}</p>
      )}
      {live && running && mark && mark.completed > 0 && process === 0 && (
        <div>
          <Deed
            needs="process-instance:update"
            whose={whoseIs(props.header)}
            class="button"
            onClick={() => onRollback(selected)}
          >
            Undo and go back to here…
          </Deed>
        </div>
      )}
    </>
  );
}
