/** The bars of a history, packed behind the slider, event by event. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { InstanceEvent } from "~/api/types";
import { packLanes, pathsOf, type Span, spansOf } from "~/live/spans";

const LANES = 5;
const REDRAWN_MS = 250;
/** Bars shorter than this part of the whole would not be seen. */
export const SHORTEST = 1 / 400;

export function Bars({ paths, width, height }: { paths: ReadonlyMap<string, string>; width: number; height: number }) {
  return (
    <svg class="bars" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {[...paths].map(([look, path]) => (
        <path key={look} class={`is-${look}`} d={path} />
      ))}
    </svg>
  );
}

/** Behind the slider, and as wide: x is the position of an event. */
export function Strip({ spans, position }: { spans: readonly Span[]; position: number }) {
  const [paths, height] = useMemo(() => {
    const lanes = packLanes(spans, LANES);
    const least = position * SHORTEST;
    const drawn = pathsOf(spans, (it, index) => {
      const begin = it.from - 1;
      return [begin, Math.max(it.to - 1, begin + least), (lanes[index] ?? 0) + 0.5];
    });
    return [drawn, lanes.reduce((most, lane) => Math.max(most, lane + 1), 1)];
  }, [spans, position]);
  return <Bars paths={paths} width={Math.max(1, position - 1)} height={height} />;
}

/** Of the history as it was at most so long ago: all its bars for each event would cost more the longer it is. */
export function useSpans(events: readonly InstanceEvent[]): Span[] {
  const [drawn, setDrawn] = useState(events);
  const latest = useRef(events);
  latest.current = events;
  useEffect(() => {
    const timer = setInterval(() => setDrawn(latest.current), REDRAWN_MS);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => spansOf(drawn), [drawn]);
}
