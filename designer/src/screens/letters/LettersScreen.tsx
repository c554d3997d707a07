import { useEffect, useState } from "preact/hooks";
import { countLetters, letters, sinks, sources } from "~/api/events";
import type { DeadLetter } from "~/api/types";
import { Bar } from "~/frame/Bar";
import { navigate } from "~/frame/router";
import { Empty, Failed, Loading } from "~/ui/basics";
import { Pager } from "~/ui/Pager";
import { useResource } from "~/ui/useResource";
import { useTick } from "~/ui/useTick";
import { filterOf, isFiltered, nextOf, pageOf, SIZE } from "./filters";
import { LetterBar } from "./LetterBar";
import { LetterFilters } from "./LetterFilters";
import { LetterPanel } from "./LetterPanel";
import { LetterTable } from "./LetterTable";

/** What is sent again goes away by itself, and new letters come: no stream tells of them. */
const REFRESH_MS = 5_000;
const HTTP = "http";
const NONE: ReadonlySet<string> = new Set();

interface Loaded {
  list: DeadLetter[];
  total: number;
}

async function load(query: URLSearchParams, signal: AbortSignal): Promise<Loaded> {
  const filter = filterOf(query);
  const [list, total] = await Promise.all([
    letters(filter, pageOf(query) * SIZE, SIZE, signal),
    countLetters(filter, signal),
  ]);
  return { list, total };
}

async function loadPlaces(signal: AbortSignal): Promise<string[]> {
  const [out, into] = await Promise.all([sinks(signal), sources(signal)]);
  return [...out.map((it) => it.name), ...into.map((it) => it.name), HTTP];
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (!filtered)
    return (
      <Empty
        title="There is no dead letter"
        action={
          <a class="button" href="/">
            Go to the overview
          </a>
        }
      >
        Events that a sink refuses, and events of other systems that fit nothing, are kept here until you send them
        again or drop them.
      </Empty>
    );
  return (
    <Empty
      title="No dead letter matches"
      action={
        <a class="button" href="/dead-letters">
          Show all dead letters
        </a>
      }
    >
      Take away a filter to see more.
    </Empty>
  );
}

export function LettersScreen({ id, query }: { id: string | null; query: URLSearchParams }) {
  const {
    value: found,
    error,
    reload,
  } = useResource((signal) => load(query, signal), [query.toString()], useTick(REFRESH_MS));
  const { value: places = [HTTP] } = useResource(loadPlaces, []);
  const [chosen, setChosen] = useState(NONE);
  useEffect(() => setChosen(NONE), [query.toString()]);
  const search = query.toString() && `?${query}`;
  const hrefOf = (letter: string | null) =>
    letter ? `/dead-letters/${encodeURIComponent(letter)}${search}` : `/dead-letters${search}`;
  const openNext = (done: string) => {
    navigate(hrefOf(nextOf(found?.list.map((it) => it.id) ?? [], done)));
    reload();
  };
  return (
    <>
      <Bar crumbs={[{ label: "Overview", href: "/" }]} title="Dead letters" />
      <LetterFilters query={query} places={places} total={found?.total} />
      <div class="split">
        <div class="list-side">
          <div class="content">
            {error && !found && <Failed what="the dead letters" error={error} again={reload} />}
            {!error && !found && <Loading what="the dead letters" />}
            {found?.list.length === 0 && <Nothing filtered={isFiltered(query)} />}
            {found && found.list.length > 0 && (
              <LetterTable list={found.list} id={id} chosen={chosen} onChoose={setChosen} hrefOf={hrefOf} />
            )}
          </div>
          {chosen.size > 0 && (
            <LetterBar
              chosen={chosen}
              onChoose={setChosen}
              query={query}
              total={found?.total ?? 0}
              onDone={() => {
                setChosen(NONE);
                reload();
              }}
            />
          )}
          <Pager page={pageOf(query)} size={SIZE} total={found?.total ?? 0} back="Newer" onward="Older" />
        </div>
        {id && (
          <LetterPanel
            key={id}
            id={id}
            list={hrefOf(null)}
            listed={found?.list.find((it) => it.id === id)}
            onDone={() => openNext(id)}
            onChange={reload}
          />
        )}
      </div>
    </>
  );
}
