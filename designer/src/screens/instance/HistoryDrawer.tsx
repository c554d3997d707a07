import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { InstanceEvent } from "~/api/types";
import { WHOLE_HISTORY_UP_TO } from "~/live/useInstance";
import { absolute, clock } from "~/ui/format";
import { Icon } from "~/ui/icons";
import { Lazy } from "~/ui/Lazy";
import { isNarrow } from "~/ui/narrow";
import { Resizer } from "~/ui/Resizer";
import { useStored } from "~/ui/useStored";
import { CausedBy } from "./CausedBy";
import { Strip, useSpans } from "./Timeline";
import { usePlay } from "./usePlay";
import { detail, title, tone } from "./words";

interface Props {
  /** None in the simulation. */
  instance?: string;
  events: InstanceEvent[];
  complete: boolean;
  position: number;
  at: number | null;
  onAt: (position: number | null) => void;
  onSelect: (element: string) => void;
  name: (id: string) => string;
}

const ROW = 24;
const SPARE = 20;
const PLAIN = /^(FlowTaken|ExternalTaskCreated|TokenMerged)$/;

/** Says little: a step on the way, or a token that runs an undoing and is at no element. */
const isPlain = ({ type, element }: InstanceEvent) =>
  PLAIN.test(type) || (element === null && type.startsWith("Element"));

interface RowProps extends Pick<Props, "onAt" | "onSelect" | "name"> {
  event: InstanceEvent;
  isLater: boolean;
}

/** Made once, and again only when it would say something else: with each event all rows are asked. */
function Row({ event: it, isLater, onAt, onSelect, name }: RowProps) {
  const label = name(it.element ?? "");
  const more = detail(it, name);
  return useMemo(
    () => (
      <li class={isLater ? "is-later" : ""}>
        <button
          type="button"
          class="link pos"
          title="Show the instance as of this event"
          onClick={() => onAt(it.position)}
        >
          {it.position}
        </button>
        <time class="mono secondary" dateTime={it.at} title={absolute(it.at)}>
          {clock(it.at)}
        </time>
        <span class={tone(it.type)}>{title(it.type)}</span>
        {it.element && it.type !== "FlowTaken" ? (
          <button type="button" class="link" onClick={() => onSelect(it.element ?? "")}>
            {label}
          </button>
        ) : (
          <span />
        )}
        <span class="secondary">
          {more}
          <CausedBy event={it} />
        </span>
      </li>
    ),
    [it, isLater, label, more, onAt, onSelect],
  );
}

/** Only the rows in view are in the page: a history may have many thousands. */
function List({ events, at, onAt, onSelect, name }: Omit<Props, "position" | "complete">) {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const follow = useRef(true);
  // What is measured is measured after the layout of the frame: in between it would be made once more.
  useEffect(() => {
    const box = ref.current;
    if (!box?.firstElementChild) return;
    const observer = new ResizeObserver(() => {
      setHeight(box.clientHeight);
      if (follow.current) box.scrollTop = box.scrollHeight;
    });
    for (const it of [box, box.firstElementChild]) observer.observe(it, { box: "border-box" });
    return () => observer.disconnect();
  }, []);
  // The list goes along with the slider: the moment shown is the last of the events that are not dimmed.
  useEffect(() => {
    const box = ref.current;
    if (!box || at === null) return;
    const row = events.findLastIndex((it) => it.position <= at);
    const [above, below] = [row * ROW, (row + 2) * ROW];
    if (above < box.scrollTop || below > box.scrollTop + box.clientHeight)
      box.scrollTop = Math.max(0, above - box.clientHeight / 2);
  }, [at]);
  const scrolled = () => {
    const box = ref.current;
    if (!box) return;
    const followed = follow.current;
    follow.current = box.scrollHeight - box.scrollTop - box.clientHeight < ROW * 2;
    // At its end, which it follows, what is shown does not depend on where it is.
    if (!followed || !follow.current) setTop(box.scrollTop);
  };
  const begin = follow.current ? events.length * ROW - height : top;
  const first = Math.max(0, Math.floor(begin / ROW) - SPARE);
  const visible = events.slice(first, first + Math.ceil(height / ROW) + SPARE * 2);
  return (
    <div class="drawer-body" ref={ref} onScroll={scrolled} tabIndex={0} role="region" aria-label="Events">
      <ol class="history" style={{ paddingTop: first * ROW, height: events.length * ROW }}>
        {visible.map((it) => (
          <Row
            key={it.position}
            event={it}
            isLater={at !== null && it.position > at}
            onAt={onAt}
            onSelect={onSelect}
            name={name}
          />
        ))}
      </ol>
    </div>
  );
}

const SPEEDS = [0.5, 1, 2, 4, 8];

function Player({
  playing,
  toggle,
  speed,
  onSpeed,
}: {
  playing: boolean;
  toggle: () => void;
  speed: number;
  onSpeed: (speed: number) => void;
}) {
  return (
    <>
      <button
        type="button"
        class="button quiet slim icon"
        aria-label={playing ? "Pause" : "Play the history"}
        title={playing ? "Pause" : "Play the history (Space, on the slider)"}
        onClick={toggle}
      >
        <Icon name={playing ? "pause" : "play"} size={14} />
      </button>
      <select
        class="select slim speed"
        aria-label="Speed"
        value={speed}
        onChange={(event) => onSpeed(Number(event.currentTarget.value))}
      >
        {SPEEDS.map((it) => (
          <option key={it} value={it}>
            {it} ×
          </option>
        ))}
      </select>
    </>
  );
}

const gantt = () => import("./Gantt").then((it) => it.Gantt);

export function HistoryDrawer(props: Props) {
  const { events, complete, position, at, onAt } = props;
  const [height, setHeight] = useStored("history.height", 210);
  const [open, setOpen] = useStored(isNarrow() ? "history.open.narrow" : "history.open", !isNarrow());
  const [all, setAll] = useStored("history.all", false);
  const shown = useMemo(() => (all ? events : events.filter((it) => !isPlain(it))), [events, all]);
  const [speed, setSpeed] = useStored("history.speed", 1);
  const [bars, setBars] = useStored("history.bars", false);
  const spans = useSpans(events);
  const { playing, toggle } = usePlay(events, at, onAt, speed);
  const value = at ?? position;
  const keys = (event: KeyboardEvent) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  };
  return (
    <section class={`drawer ${open ? "" : "closed"}`} style={{ height }} aria-label="History">
      {open && (
        <Resizer label="Height of the history" axis="horizontal" size={height} min={96} max={520} onSize={setHeight} />
      )}
      <div class="drawer-head">
        <button type="button" class="button quiet slim" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "chevron" : "up"} size={14} />
          History
        </button>
        {complete && position > 1 && <Player playing={playing} toggle={toggle} speed={speed} onSpeed={setSpeed} />}
        {complete && position > 1 && (
          <div class="travel" style={{ "--moment": (value - 1) / (position - 1) }}>
            <Strip spans={spans} position={position} />
            <input
              class="slider"
              type="range"
              min={1}
              max={position}
              value={value}
              aria-label="Moment in the history"
              aria-valuetext={`Event ${value} of ${position}`}
              onKeyDown={keys}
              onInput={(event) => {
                const next = Number(event.currentTarget.value);
                onAt(next >= position ? null : next);
              }}
            />
          </div>
        )}
        {!complete && (
          <span class="small secondary grow clip">
            {position <= WHOLE_HISTORY_UP_TO
              ? "The earlier events are being loaded…"
              : "Only the latest events: this history is too long to go back in."}
          </span>
        )}
        <span class="small secondary numbers position">
          {value} of {position}
        </span>
        <button type="button" class="button slim" onClick={() => onAt(null)} disabled={at === null}>
          Now
        </button>
        <div class="segments every" role="group" aria-label="History as">
          <button type="button" aria-pressed={!bars} onClick={() => setBars(false)}>
            List
          </button>
          <button type="button" aria-pressed={bars} onClick={() => setBars(true)}>
            Timeline
          </button>
        </div>
        {!bars && (
          <label class="row small secondary every">
            <input type="checkbox" checked={all} onChange={() => setAll(!all)} />
            Every event
            {!all && shown.length < events.length && (
              <span class="numbers wide-only">({(events.length - shown.length).toLocaleString("en")} more)</span>
            )}
          </label>
        )}
      </div>
      {open && bars && <Lazy load={gantt} props={{ ...props, spans }} what="the timeline" />}
      {open && !bars && <List {...props} events={shown} />}
    </section>
  );
}
