import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Batch, forgetBatch, retryFailures, stopBatch, suspendBatch } from "~/api/batches";
import { navigate } from "~/frame/router";
import { AskDialog } from "~/ui/AskDialog";
import { Ago, Failed, Id, Loading, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { absolute, plural } from "~/ui/format";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import { Failures } from "./Failures";
import { useBatch } from "./useBatch";
import { progressOf, stateOf, typeOf, whatStops } from "./words";

export const UPDATE = "process-instance:update";

function Facts({ of }: { of: Batch }) {
  const now = useNow();
  return (
    <dl class="facts">
      <div>
        <dt>State</dt>
        <dd>
          <State {...stateOf(of)} />
        </dd>
      </div>
      <div>
        <dt>Progress</dt>
        <dd>
          <span class="batch-progress">
            <progress max={of.total} value={of.done} aria-label="Progress" />
            <span class="numbers">{progressOf(of)}</span>
          </span>
        </dd>
      </div>
      <div>
        <dt>Begun</dt>
        <dd>
          <Ago at={of.createdAt} now={now} />
          {of.by && ` by ${of.by}`}
        </dd>
      </div>
      {of.endedAt && (
        <div>
          <dt>Ended</dt>
          <dd>{absolute(of.endedAt)}</dd>
        </div>
      )}
      <div>
        <dt>Id</dt>
        <dd>
          <Id id={of.id} />
        </dd>
      </div>
    </dl>
  );
}

interface StopProps {
  of: Batch;
  onGo: () => void;
  onClose: () => void;
}

function StopDialog({ of, ...answers }: StopProps) {
  return of.endedAt ? (
    <AskDialog deed="Delete the batch" keep="Keep it" {...answers}>
      <p>It disappears from the list. What it has done to instances stays.</p>
    </AskDialog>
  ) : (
    <AskDialog deed="Stop the batch" keep="Let it go on" {...answers}>
      <p>{whatStops(of)}</p>
    </AskDialog>
  );
}

interface Props {
  id: string;
  /** The address of the list. */
  list: string;
  onChange: () => void;
  /** It is in no list any more. */
  onGone: () => void;
}

/** One batch: how far it is, what could not be done and why, and what can be done about it. */
export function BatchPanel({ id, list, onChange, onGone }: Props) {
  const { value, error, reload } = useBatch(id);
  const [asking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  // The keyboard goes on in the batch that was opened.
  useLayoutEffect(() => heading.current?.focus(), [value?.id]);
  const state = value && stateOf(value).word;
  useEffect(() => void (state && onChange()), [state]);
  const leave = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) navigate(list);
  };
  const act = (deed: Promise<unknown>, said: string) =>
    void deed.then(() => {
      toast(said);
      reload();
      onChange();
    }, toastError);
  const goOn = (of: Batch) => {
    setAsking(false);
    if (!of.endedAt) return act(stopBatch(id), "Stopped the batch");
    forgetBatch(id).then(() => {
      toast("Deleted the batch");
      onGone();
    }, toastError);
  };
  const retry = (ids?: string[]) =>
    act(retryFailures(id, ids), `Trying ${plural(ids?.length ?? value?.failed ?? 0, "item")} again`);
  return (
    <aside class="panel task-panel" aria-label="Batch" onKeyDown={leave}>
      <header class="task-head">
        <a class="back" href={list}>
          ‹ All batches
        </a>
        {value && (
          <div class="row">
            <h2 class="grow clip" tabIndex={-1} ref={heading}>
              {typeOf(value)}
            </h2>
            {value.endedAt ? (
              <Deed needs="history:delete" class="button danger" onClick={() => setAsking(true)}>
                Delete…
              </Deed>
            ) : (
              <>
                <Deed
                  needs={UPDATE}
                  class="button"
                  onClick={() =>
                    act(
                      suspendBatch(id, !value.suspended),
                      value.suspended ? "The batch goes on" : "Suspended the batch",
                    )
                  }
                >
                  {value.suspended ? "Resume" : "Suspend"}
                </Deed>
                <Deed needs={UPDATE} class="button danger" onClick={() => setAsking(true)}>
                  Stop…
                </Deed>
                {value.failed > 0 && (
                  <Deed needs={UPDATE} class="button primary" onClick={() => retry()}>
                    Retry {value.failed.toLocaleString("en")}
                  </Deed>
                )}
              </>
            )}
          </div>
        )}
      </header>
      {!value &&
        (error ? (
          <Failed what="this batch" error={error} again={reload} others="/batches" />
        ) : (
          <Loading what="the batch" />
        ))}
      {value && (
        <div class="panel-body">
          <Facts of={value} />
          {value.failed > 0 && <Failures of={value} onRetry={value.endedAt ? undefined : (one) => retry([one])} />}
        </div>
      )}
      {asking && value && <StopDialog of={value} onGo={() => goOn(value)} onClose={() => setAsking(false)} />}
    </aside>
  );
}
