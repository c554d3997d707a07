import { useEffect, useRef, useState } from "preact/hooks";
import { count, search } from "~/api/instance-lists";
import type { InstanceFilter } from "~/api/instances";
import { openStream } from "~/api/stream";
import type { Header } from "~/api/types";
import { isTold, merge, Told } from "./merge";

export interface Listing {
  filter: InstanceFilter;
  sortBy: string;
  sortOrder: string;
  first: number;
  size: number;
}

export interface InstanceList {
  rows: Header[] | undefined;
  total: number;
  /** Older instances have not been looked through: there are too many, and no index has the filter. */
  unfinished: boolean;
  /** Look through more of them. */
  searchOn: () => void;
  error: Error | undefined;
  fresh: ReadonlySet<string>;
  /** Counts up when the stream begins, and when instances have gone on, however often they did meanwhile. */
  beat: number;
  reload: () => void;
}

const RECOUNT_MS = 400;
/** Some 15,000 instances, in less than a second. */
const PARTS = 10;

/** A page of the list, kept true by the stream: rows change in place, new ones come on top of the first page. */
export function useInstanceList(listing: Listing): InstanceList {
  const [rows, setRows] = useState<Header[]>();
  const [total, setTotal] = useState(0);
  const [unfinished, setUnfinished] = useState(false);
  const [error, setError] = useState<Error>();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [beat, setBeat] = useState(0);
  const [turn, setTurn] = useState(0);
  const current = useRef(listing);
  current.current = listing;
  const key = JSON.stringify(listing);
  const [depth, setDepth] = useState({ key, parts: PARTS });
  const parts = depth.key === key ? depth.parts : PARTS;
  /** What takes a search is not done again with every event. */
  const searched = useRef(false);
  const told = useRef(new Told()).current;

  useEffect(() => {
    const abort = new AbortController();
    const { filter, sortBy, sortOrder, first, size } = listing;
    const page = { sortBy, sortOrder, firstResult: first, maxResults: size };
    told.begin();
    search(filter, page, parts, abort.signal).then(
      (found) => {
        searched.current = found.unfinished;
        setRows(told.bringInto(found.rows, listing));
        setTotal(found.total);
        setUnfinished(found.unfinished);
        setError(undefined);
      },
      (failed: Error) => !abort.signal.aborted && setError(failed),
    );
    return () => abort.abort();
  }, [key, turn, parts]);

  useEffect(() => {
    let recount = 0;
    // Not put off by what comes meanwhile: events that never pause would never be counted.
    const soon = (run: () => void) => {
      if (recount || searched.current) return;
      recount = window.setTimeout(() => {
        recount = 0;
        setBeat((it) => it + 1);
        run();
      }, RECOUNT_MS);
    };
    const recountSoon = () => soon(() => void count(current.current.filter).then(setTotal, () => undefined));
    const reloadSoon = () => soon(() => setTurn((it) => it + 1));
    const close = openStream("/stream", {
      on: {
        // Changes come from now on: what happened before this moment may be missing in what was loaded already.
        snapshot: () => {
          setTurn((it) => it + 1);
          setBeat((it) => it + 1);
        },
        events: (data) => {
          if (!isTold(current.current.filter)) return reloadSoon();
          const { instances } = data as { instances: Header[] };
          told.add(instances);
          setRows((old) => old && merge(old, instances, current.current));
          setFresh(
            (old) =>
              new Set([...[...old].slice(-200), ...instances.filter((it) => it.position <= 20).map((it) => it.id)]),
          );
          recountSoon();
        },
      },
    });
    return () => {
      window.clearTimeout(recount);
      close();
    };
  }, []);

  const searchOn = () => setDepth({ key, parts: parts * 2 });
  return { rows, total, unfinished, searchOn, error, fresh, beat, reload: () => setTurn((it) => it + 1) };
}
