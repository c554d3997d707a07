import { useState } from "preact/hooks";
import { type Batch, batchFailures } from "~/api/batches";
import { parseAddress } from "~/frame/address";
import { paths } from "~/frame/router";
import { Ago, Failed, Loading, useNow } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { plural, shortId } from "~/ui/format";
import { useResource } from "~/ui/useResource";

const AT_ONCE = 50;

interface Props {
  of: Batch;
  /** Without it nothing can be tried again. */
  onRetry: ((id: string) => void) | undefined;
}

/** What could not be done and why, each with its instance. */
export function Failures({ of, onRetry }: Props) {
  const [shown, setShown] = useState(AT_ONCE);
  const now = useNow();
  const { value, error, reload } = useResource(
    (signal) => batchFailures(of.id, shown, signal),
    [of.id, shown, of.failed],
  );
  if (error && !value) return <Failed what="what could not be done" error={error} again={reload} />;
  if (!value) return <Loading what="what could not be done" />;
  return (
    <section>
      <h3 class="small-title">{plural(of.failed, "item")} could not be done</h3>
      <ul class="list">
        {value.map((it) => {
          const { instance } = parseAddress(it.id);
          return (
            <li key={it.id}>
              <span class="line">
                <a class="grow mono" href={paths.instance(instance)} title={it.id}>
                  {shortId(instance)}
                </a>
                <span class="secondary small">
                  <Ago at={it.time} now={now} />
                </span>
                {onRetry && (
                  <Deed
                    needs="process-instance:update"
                    class="button slim"
                    label={`Retry ${shortId(instance)}`}
                    onClick={() => onRetry(it.id)}
                  >
                    Retry
                  </Deed>
                )}
              </span>
              <span class="line small message">{it.message}</span>
            </li>
          );
        })}
      </ul>
      {value.length < of.failed && (
        <button type="button" class="button slim" onClick={() => setShown(shown + AT_ONCE)}>
          Show more
        </button>
      )}
    </section>
  );
}
