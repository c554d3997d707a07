import { paths } from "~/frame/router";
import { State } from "~/ui/state";
import { useBatch } from "./useBatch";
import { progressOf, stateOf, typeOf } from "./words";

/** How far a batch is that was begun on this page; it can be left, and is found again in the list of batches. */
export function BatchBar({ id, onClose }: { id: string; onClose: () => void }) {
  const { value, error } = useBatch(id);
  return (
    <div class="bulk" role="region" aria-label="Batch">
      {!value && <span class="grow">{error ? error.message : "The batch is being begun…"}</span>}
      {value && (
        <>
          <span role="status">
            <State {...stateOf(value)} />
          </span>
          <span class="grow numbers">
            {typeOf(value)}: {progressOf(value)}
          </span>
          <progress max={value.total} value={value.done} aria-label="Progress" />
        </>
      )}
      <a class="button slim" href={paths.batch(id)}>
        Show the batch
      </a>
      <button type="button" class="button slim quiet" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
