/** The bars of a history: packed behind the slider, event by event, and as rows of elements over time. */

import { useMemo } from "preact/hooks";
import type { InstanceEvent } from "~/api/types";
import { packLanes, pathsOf, type Row, rowsOf, type Span, spansOf } from "~/live/spans";
import { absolute, clock, duration, plural } from "~/ui/format";

const LANES = 5;
/** Bars shorter than this part of the whole would not be seen. */
const SHORTEST = 1 / 400;

function Bars({ paths, width, height }: { paths: ReadonlyMap<string, string>; width: number; height: number }) {
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

interface Props {
  events: readonly InstanceEvent[];
  spans: readonly Span[];
  at: number | null;
  onAt: (position: number | null) => void;
  onSelect: (element: string) => void;
  name: (id: string) => string;
}

const WIDE = 1000;

function Line({
  row,
  begin,
  whole,
  name,
  onSelect,
}: { row: Row; begin: number; whole: number } & Pick<Props, "name" | "onSelect">) {
  const paths = useMemo(() => {
    const x = (moment: number) => ((moment - begin) / whole) * WIDE;
    return pathsOf(row.spans, (it) => [
      x(it.startedAt),
      Math.max(x(it.endedAt), x(it.startedAt) + WIDE * SHORTEST),
      0.5,
    ]);
  }, [row.spans, begin, whole]);
  const times = row.spans.length;
  return (
    <li>
      <button type="button" class="link clip" onClick={() => onSelect(row.element)}>
        {name(row.element)}
      </button>
      <Bars paths={paths} width={WIDE} height={1} />
      <span class="secondary numbers" title={plural(times, "time")}>
        {times > 1 && `${times} × `}
        {duration(row.time)}
      </span>
    </li>
  );
}

/** The last event up to a moment. */
function positionAt(events: readonly InstanceEvent[], moment: number): number | null {
  return events.findLast((it) => Date.parse(it.at) <= moment)?.position ?? events[0]?.position ?? null;
}

/** Each element with its bars over time; a click in the bars goes to that moment. */
export function Gantt({ events, spans, at, onAt, onSelect, name }: Props) {
  const rows = useMemo(() => rowsOf(spans), [spans]);
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return null;
  const [begin, end] = [Date.parse(first.at), Date.parse(last.at)];
  const whole = Math.max(1, end - begin);
  const shown = at === null ? last : (events.findLast((it) => it.position <= at) ?? first);
  const share = (Date.parse(shown.at) - begin) / whole;
  const jump = (event: MouseEvent) => {
    const bars = (event.target as Element).closest("svg.bars");
    if (!bars) return;
    const { left, width } = bars.getBoundingClientRect();
    onAt(positionAt(events, begin + ((event.clientX - left) / width) * whole));
  };
  return (
    <div class="drawer-body" tabIndex={0} role="region" aria-label="Timeline">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider is the way by keyboard to the same moments. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same. */}
      <div class="gantt" style={{ "--moment": share }} onClick={jump}>
        <p class="gantt-axis small secondary numbers">
          <time dateTime={first.at} title={absolute(first.at)}>
            {clock(first.at)}
          </time>
          <time dateTime={last.at} title={absolute(last.at)}>
            {duration(end - begin)} later
          </time>
        </p>
        <ol>
          {rows.map((it) => (
            <Line key={it.element} row={it} begin={begin} whole={whole} name={name} onSelect={onSelect} />
          ))}
        </ol>
      </div>
    </div>
  );
}

export const useSpans = (events: readonly InstanceEvent[]): Span[] => useMemo(() => spansOf(events), [events]);
