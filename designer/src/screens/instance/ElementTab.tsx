import { pageOf } from "~/frame/address";
import { whoseIs } from "~/frame/session";
import { callsOf, type Token, tokensOf } from "~/live/view";
import { Ago, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { State } from "~/ui/state";
import { IncidentCard } from "./IncidentCard";
import { Locks } from "./Locks";
import type { PanelProps } from "./panel";
import { More, SHOWN, TokenState, Waits } from "./tokenLines";

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

export function ElementTab(props: PanelProps & { selected: string }) {
  const { instance, process, view, selected, elements, live, name, onSelect, onRollback } = props;
  const now = useNow(1000);
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
                    {name(view.called.get(it)?.split(":")[0] ?? "")}
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
