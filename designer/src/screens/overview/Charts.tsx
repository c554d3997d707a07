import { type Per, throughput } from "~/api/figures";
import type { ThroughputPoint } from "~/api/types";
import { setQuery } from "~/frame/router";
import { Failed } from "~/ui/basics";
import { absolute, duration } from "~/ui/format";
import { useResource } from "~/ui/useResource";
import { barsOf, mostOf } from "./bars";

const WIDTH = 480;
const HEIGHT = 72;

interface Series {
  name: string;
  look: "started" | "ended" | "took";
  values: (number | null)[];
}

interface Props {
  title: string;
  /** All of it in one sentence, for those who do not see the bars. */
  sum: string;
  points: readonly ThroughputPoint[];
  series: Series[];
  show: (value: number) => string;
}

function Chart({ title, sum, points, series, show }: Props) {
  const most = mostOf(...series.map((it) => it.values));
  // Two series share the height: one stands on the ground, the other hangs from it.
  const height = HEIGHT / series.length;
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> <span class="secondary">{sum}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${title}: ${sum}`}>
        {series.map(({ name, look, values }, place) => (
          <g key={name} class={`bar-${look}`} transform={place ? `translate(0 ${HEIGHT}) scale(1 -1)` : ""}>
            {barsOf(values, most, WIDTH, height).map((bar, at) => {
              const point = points[at];
              return (
                bar &&
                point && (
                  <rect key={point.at} {...bar}>
                    <title>{`${absolute(point.at)}: ${show(values[at] ?? 0)} ${name}`}</title>
                  </rect>
                )
              );
            })}
          </g>
        ))}
        <line x1="0" x2={WIDTH} y1={height} y2={height} class="ground" />
      </svg>
      <p class="legend small secondary">
        {series.map(({ name, look }, place) => (
          <span key={name}>
            <i class={`swatch bar-${look}`} /> {name}
            {series.length > 1 && (place ? ", below the line" : ", above the line")}
          </span>
        ))}
        <span class="numbers">{most ? `at most ${show(most)}` : "nothing in this time"}</span>
      </p>
    </figure>
  );
}

function Pictures({ points }: { points: ThroughputPoint[] }) {
  const started = points.reduce((sum, it) => sum + it.started, 0);
  const ended = points.reduce((sum, it) => sum + it.ended, 0);
  const took = points.reduce((sum, it) => sum + (it.meanDuration ?? 0) * it.ended, 0);
  return (
    <div class="charts">
      <Chart
        title="Throughput"
        sum={`${started.toLocaleString("en")} started, ${ended.toLocaleString("en")} ended`}
        points={points}
        show={(value) => value.toLocaleString("en")}
        series={[
          { name: "started", look: "started", values: points.map((it) => it.started) },
          { name: "ended", look: "ended", values: points.map((it) => it.ended) },
        ]}
      />
      <Chart
        title="Duration"
        sum={ended ? `${duration(took / ended)} on average` : "none ended"}
        points={points}
        show={duration}
        series={[{ name: "mean of those that ended", look: "took", values: points.map((it) => it.meanDuration) }]}
      />
    </div>
  );
}

const PERS: { id: Per; label: string }[] = [
  { id: "minute", label: "Last hour" },
  { id: "hour", label: "Last day" },
];

/** How many instances start and end, and how long they take. `turn` counts what has happened since. */
export function Charts({ per, turn }: { per: Per; turn: number }) {
  const { value, error, reload } = useResource((signal) => throughput(per, signal), [per], turn);
  return (
    <section aria-labelledby="overview-throughput">
      <div class="section-head">
        <h2 id="overview-throughput" class="section-title">
          How it runs
        </h2>
        <div class="segments" role="group" aria-label="Time">
          {PERS.map(({ id, label }) => (
            <button
              type="button"
              key={id}
              aria-pressed={id === per}
              onClick={() => setQuery({ per: id === "minute" ? null : id })}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      {error && !value && <Failed what="the throughput" error={error} again={reload} />}
      {value && <Pictures points={value} />}
    </section>
  );
}
