/** One instance, live: its history folded, its stream applied in batches of one frame. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError } from "~/api/http";
import { history } from "~/api/instances";
import { openStream } from "~/api/stream";
import type { Header, InstanceEvent, Snapshot } from "~/api/types";
import { apply, fold, fromSnapshot } from "./fold";
import type { Move, View } from "./view";

const WHOLE_HISTORY_UP_TO = 20_000;
const PAGE = 5_000;

export interface Live {
  view: View | null;
  header: Header | null;
  events: InstanceEvent[];
  /** False when the history is too long to hold here: then the slider and the list begin later. */
  complete: boolean;
  error: Error | null;
  /** Returns the movements since the last call. */
  takeMoves: () => Move[];
}

interface Held {
  view: View;
  header: Header;
  events: InstanceEvent[];
  complete: boolean;
}

async function earlier(id: string, snapshot: Snapshot): Promise<InstanceEvent[]> {
  const found: InstanceEvent[] = [];
  for (let from = 1; from < snapshot.history.from; from += PAGE) {
    found.push(...(await history(id, from, Math.min(from + PAGE, snapshot.history.from) - 1)));
  }
  return found;
}

async function begin(id: string, snapshot: Snapshot): Promise<Held> {
  const { header } = snapshot;
  if (snapshot.position > WHOLE_HISTORY_UP_TO) {
    return { view: fromSnapshot(snapshot), header, events: snapshot.history.events, complete: false };
  }
  const before = snapshot.history.complete ? [] : await earlier(id, snapshot);
  const events = [...before, ...snapshot.history.events];
  return { view: fold(events), header, events, complete: true };
}

export function useInstance(id: string): Live {
  const [held, setHeld] = useState<Held | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const moves = useRef<Move[]>([]);

  useEffect(() => {
    let current: Held | null = null;
    let waiting: { events: InstanceEvent[]; header: Header }[] = [];
    let frame = 0;
    let alive = true;

    const flush = () => {
      frame = 0;
      if (!current || !waiting.length) return;
      const batch = waiting.flatMap((it) => it.events).filter((it) => it.position > (current?.view.position ?? 0));
      const result = apply(current.view, batch);
      moves.current.push(...result.moves);
      current = {
        ...current,
        view: result.view,
        header: waiting.at(-1)?.header ?? current.header,
        events: [...current.events, ...batch],
      };
      waiting = [];
      setHeld(current);
    };
    const flushSoon = () => {
      // A hidden tab gets no frames: it must still keep up.
      if (document.hidden) flush();
      else frame ||= requestAnimationFrame(flush);
    };
    const snapshot = (data: unknown) => {
      current = null;
      begin(id, data as Snapshot).then(
        (it) => {
          if (!alive) return;
          current = it;
          setHeld(it);
          flushSoon();
        },
        (failed: Error) => alive && setError(failed),
      );
    };
    // An EventSource cannot tell why it was refused, so what is not there is asked for first.
    history(id, 1, 1).catch((failed: Error) => {
      if (!alive) return;
      setError(failed);
      // Refused is not lost: a stream of nothing, asked for again and again, would look as if Baton were gone.
      if (failed instanceof ApiError && failed.status === 404) close();
    });
    const close = openStream(`/process-instance/${encodeURIComponent(id)}/stream`, {
      on: {
        snapshot,
        resync: () => (current = null),
        events: (data) => {
          waiting.push(data as { events: InstanceEvent[]; header: Header });
          flushSoon();
        },
      },
    });
    return () => {
      alive = false;
      cancelAnimationFrame(frame);
      close();
    };
  }, [id]);

  const takeMoves = useMemo(() => () => moves.current.splice(0), []);
  return {
    view: held?.view ?? null,
    header: held?.header ?? null,
    events: held?.events ?? [],
    complete: held?.complete ?? true,
    error,
    takeMoves,
  };
}
