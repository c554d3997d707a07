/** One instance, live: its history folded, its stream applied in batches of one frame. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError } from "~/api/http";
import { history } from "~/api/instances";
import { definitionXml } from "~/api/models";
import { openStream } from "~/api/stream";
import type { Header, InstanceEvent, Snapshot } from "~/api/types";
import { apply, fold, fromSnapshot } from "./fold";
import type { Move, View } from "./view";

/** A longer history is not loaded as a whole. */
export const WHOLE_HISTORY_UP_TO = 50_000;
const PAGE = 5_000;
/** Between two pictures of what has happened, when it happens faster than the eye: tokens on their way move meanwhile. */
const APART_MS = 50;

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

/** The events before those of a snapshot; pages of a long history come side by side. */
async function earlier(id: string, snapshot: Snapshot): Promise<InstanceEvent[]> {
  const pages: Promise<InstanceEvent[]>[] = [];
  for (let from = 1; from < snapshot.history.from; from += PAGE)
    pages.push(history(id, from, Math.min(from + PAGE, snapshot.history.from) - 1));
  return (await Promise.all(pages)).flat();
}

/** A snapshot is enough to begin with; of a long history the rest is loaded afterwards. */
function begin(snapshot: Snapshot): Held {
  const { header, history: recent } = snapshot;
  if (recent.complete) return { view: fold(recent.events), header, events: recent.events, complete: true };
  return { view: fromSnapshot(snapshot), header, events: recent.events, complete: false };
}

export function useInstance(id: string): Live {
  const [held, setHeld] = useState<Held | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const moves = useRef<Move[]>([]);

  useEffect(() => {
    let current: Held | null = null;
    let waiting: { events: InstanceEvent[]; header: Header }[] = [];
    let frame = 0;
    let flushed = 0;
    let alive = true;
    /** Grows when everything must be loaded again: answers to earlier requests are then ignored. */
    let turn = 0;

    const flush = () => {
      frame = 0;
      flushed = performance.now();
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
    const inTime = () => {
      if (performance.now() - flushed < APART_MS) frame = requestAnimationFrame(inTime);
      else flush();
    };
    const flushSoon = () => {
      // A hidden tab gets no frames: it must still keep up.
      if (document.hidden) flush();
      else frame ||= requestAnimationFrame(inTime);
    };
    const show = (held: Held) => {
      current = held;
      setHeld(held);
    };
    // What came meanwhile stands behind what is loaded now.
    const complete = (before: InstanceEvent[]) => {
      if (!alive || !current) return;
      const events = [...before, ...current.events];
      show({ ...current, view: fold(events), events, complete: true });
    };
    const snapshot = (data: unknown) => {
      const taken = data as Snapshot;
      const held = begin(taken);
      show(held);
      flushSoon();
      if (held.complete || taken.position > WHOLE_HISTORY_UP_TO) return;
      const begun = turn;
      // The diagram goes first: nobody waits for the beginning of a long history yet.
      const drawn = definitionXml(taken.header.definitionId).catch(() => undefined);
      drawn
        .then(() => earlier(id, taken))
        .then(
          (events) => begun === turn && complete(events),
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
        resync: () => {
          current = null;
          turn += 1;
        },
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
