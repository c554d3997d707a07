import { count, overview } from "~/api/instance-lists";
import { paths } from "~/frame/router";
import { Ago, useNow } from "~/ui/basics";
import { shortId } from "~/ui/format";
import { State, stateOf } from "~/ui/state";
import { useResource } from "~/ui/useResource";

const SHOWN = 10;

interface Props {
  of: { processDefinitionId?: string | undefined; processDefinitionKey?: string | undefined };
  /** It is read again when this counts up, after the answer that is on its way. */
  beat: number;
}

/** An id begins with that of the instance around the called process. */
const around = (id: string) => id.slice(0, id.indexOf("."));

/** What runs inside other instances, which take what is sent to it: so nothing can be chosen here. */
export function CalledProcesses({ of, beat }: Props) {
  const now = useNow();
  const { value } = useResource(
    (signal) =>
      Promise.all([
        overview(
          { ...of, called: true, sortBy: "startedAt", sortOrder: "desc", firstResult: 0, maxResults: SHOWN },
          signal,
        ),
        count({ ...of, called: true }, signal),
      ]),
    [of.processDefinitionId, of.processDefinitionKey],
    beat,
  );
  const [rows, total] = value ?? [[], 0];
  if (!total) return null;
  return (
    <section aria-labelledby="called-processes" class="below called-processes">
      <h2 id="called-processes" class="small-title">
        {total.toLocaleString("en")} running inside other instances
      </h2>
      <ul class="list">
        {rows.map((it) => (
          <li key={it.id}>
            <span class="line">
              <State {...stateOf(it)} />
              <a class="grow clip" href={paths.instance(around(it.id))} title={it.id}>
                {it.businessKey ?? <span class="mono">{shortId(it.id)}</span>}
              </a>
              <span class="secondary">
                <Ago at={it.startedAt} now={now} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {total > rows.length && <p class="secondary small">These are the newest {rows.length}.</p>}
    </section>
  );
}
