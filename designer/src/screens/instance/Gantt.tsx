/** The bars of a history as rows of elements over time. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "~/api/http";
import type { InstanceEvent, InstanceTrace } from "~/api/types";
import { type Row, rowsOf } from "~/live/spanRows";
import { pathsOf, type Span } from "~/live/spans";
import { absolute, clock, duration, plural } from "~/ui/format";
import { toastError } from "~/ui/toast";
import { Bars, SHORTEST } from "./Timeline";

interface Props {
  /** Whose trace may be seen elsewhere; none in the simulation. */
  instance?: string;
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

/** To the trace of the instance, if the operator has said where traces are seen. */
function TraceLink({ instance }: { instance: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const path = `/process-instance/${encodeURIComponent(instance)}/trace`;
    get<InstanceTrace>(path).then((it) => setUrl(it.url), toastError);
  }, [instance]);
  if (!url) return null;
  return (
    <a class="small" href={url} target="_blank" rel="noreferrer">
      See the trace
    </a>
  );
}

/** The last event up to a moment. */
function positionAt(events: readonly InstanceEvent[], moment: number): number | null {
  return events.findLast((it) => Date.parse(it.at) <= moment)?.position ?? events[0]?.position ?? null;
}

/** Each element with its bars over time; a click in the bars goes to that moment. */
export function Gantt({ instance, events, spans, at, onAt, onSelect, name }: Props) {
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
          {instance && <TraceLink instance={instance} />}
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
