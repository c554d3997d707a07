import { type Batch, batches, countEnded, endedBatches } from "~/api/batches";
import { Bar } from "~/frame/Bar";
import { navigate } from "~/frame/router";
import { Empty, Failed, Loading } from "~/ui/basics";
import { Pager } from "~/ui/Pager";
import { useResource } from "~/ui/useResource";
import { useTick } from "~/ui/useTick";
import { BatchPanel } from "./BatchPanel";
import { BatchTable } from "./BatchTable";
import { RESTING_MS } from "./useBatch";

const SIZE = 50;

interface Loaded {
  list: Batch[];
  ended: number;
}

/** What is not finished stands on the first page, above what has ended. */
async function load(page: number, signal: AbortSignal): Promise<Loaded> {
  const [unfinished, old, ended] = await Promise.all([
    page ? Promise.resolve([]) : batches(signal),
    endedBatches(page * SIZE, SIZE, signal),
    countEnded(signal),
  ]);
  return { list: [...unfinished, ...old], ended };
}

export function BatchesScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const page = Math.max(0, Number(query.get("page") ?? "1") - 1);
  const { value: found, error, reload } = useResource((signal) => load(page, signal), [page], useTick(RESTING_MS));
  const search = query.toString() && `?${query}`;
  return (
    <>
      <Bar crumbs={[]} title="Batches" />
      <div class="split">
        <div class="list-side">
          <div class="content">
            {error && !found && <Failed what="the batches" error={error} again={reload} />}
            {!error && !found && <Loading what="the batches" />}
            {found?.list.length === 0 && (
              <Empty
                title="There is no batch"
                action={
                  <a class="button primary" href="/instances">
                    Choose instances
                  </a>
                }
              >
                What you do with many instances at once goes on in the background and is listed here: how far it is, and
                what could not be done.
              </Empty>
            )}
            {found && found.list.length > 0 && <BatchTable list={found.list} id={id} search={search} />}
          </div>
          <Pager page={page} size={SIZE} total={found?.ended ?? 0} back="Newer" onward="Older" />
        </div>
        {id && (
          <BatchPanel
            key={id}
            id={id}
            list={`/batches${search}`}
            onChange={reload}
            onGone={() => {
              navigate(`/batches${search}`);
              reload();
            }}
          />
        )}
      </div>
    </>
  );
}
