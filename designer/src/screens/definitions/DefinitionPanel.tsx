import type { Definition, DefinitionSample, DefinitionStatistics, ElementStatistics } from "~/api/types";
import type { Heat } from "~/diagram/heat";
import { paths } from "~/frame/router";
import { Loading } from "~/ui/basics";
import { duration, plural } from "~/ui/format";
import { State } from "~/ui/state";

interface Props {
  definition: Definition;
  /** Events move its tokens: Baton conducts nothing. */
  observed: boolean;
  versions: readonly Definition[];
  numbers: { now: ElementStatistics[]; sample: DefinitionSample; all: DefinitionStatistics[] } | undefined;
  heat: ReadonlyMap<string, Heat>;
  name: (element: string) => string;
  selected: string | null;
  onSelect: (id: string | null) => void;
}

const incidentsOf = (it: { incidents: { incidentCount: number }[] }) =>
  it.incidents.reduce((sum, kind) => sum + kind.incidentCount, 0);

function Sample({ sample }: { sample: DefinitionSample }) {
  if (!sample.total) return <p class="secondary">It has no instances yet: what they do will be counted here.</p>;
  const whole = sample.instances === sample.total;
  return (
    <>
      <dl class="facts">
        <div>
          <dt>Median duration</dt>
          <dd class="numbers">{sample.p50 === null ? "none has completed" : duration(sample.p50)}</dd>
        </div>
        {sample.p95 !== null && (
          <div>
            <dt>95th percentile</dt>
            <dd class="numbers">at most {duration(sample.p95)}</dd>
          </div>
        )}
      </dl>
      <p class="secondary small">
        {whole
          ? `Of all ${plural(sample.total, "instance")}.`
          : `Of the newest ${sample.instances.toLocaleString("en")} of ${plural(sample.total, "instance")}.`}
      </p>
    </>
  );
}

const NO_INCIDENTS: Pick<ElementStatistics, "incidents"> = { incidents: [] };

/** What is wrong with steps of an observed process; all others are incidents. */
const FINDINGS: Record<string, string> = { overdueStep: "late", missingStep: "missing", failedStep: "failed" };

function Incidents({ of }: { of: Pick<ElementStatistics, "incidents"> }) {
  const found = of.incidents.filter((it) => it.incidentCount > 0 && FINDINGS[it.incidentType]);
  const others = incidentsOf(of) - incidentsOf({ incidents: found });
  return (
    <>
      {found.map((it) => (
        <State
          key={it.incidentType}
          look="incident"
          word={`${it.incidentCount.toLocaleString("en")} ${FINDINGS[it.incidentType]}`}
        />
      ))}
      {others > 0 && <State look="incident" word={plural(others, "incident")} />}
    </>
  );
}

/** The same numbers as on the diagram, as text: the strongest first. */
function Elements({ numbers, heat, name, selected, onSelect }: Props) {
  if (!numbers) return null;
  const busy = new Map(numbers.now.map((it) => [it.id, it]));
  const listed = numbers.sample.elements.filter((it) =>
    heat.size ? heat.has(it.id) : it.entered > 0 || busy.has(it.id),
  );
  const busyness = (id: string) => (busy.get(id)?.instances ?? 0) + incidentsOf(busy.get(id) ?? NO_INCIDENTS);
  const sorted = heat.size
    ? listed.toSorted((a, b) => (heat.get(b.id)?.value ?? 0) - (heat.get(a.id)?.value ?? 0))
    : listed.toSorted((a, b) => busyness(b.id) - busyness(a.id) || b.completed - a.completed);
  if (!sorted.length) return null;
  return (
    <section>
      <h2 class="small-title">Elements</h2>
      <ul class="list">
        {sorted.map((it) => {
          const now = busy.get(it.id);
          return (
            <li key={it.id} class={it.id === selected ? "chosen" : ""}>
              <span class="line">
                <button type="button" class="linkish grow clip" onClick={() => onSelect(it.id)}>
                  {name(it.id)}
                </button>
                <span class="numbers">{heat.get(it.id)?.text ?? `${it.completed.toLocaleString("en")} done`}</span>
              </span>
              {now && (now.instances > 0 || incidentsOf(now) > 0) && (
                <span class="line small">
                  {now.instances > 0 && <State look="active" word={plural(now.instances, "token")} />}
                  <Incidents of={now} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Versions({ definition, versions, numbers }: Props) {
  const running = new Map(numbers?.all.map((it) => [it.id, it]));
  return (
    <section>
      <h2 class="small-title">{plural(versions.length, "version")}</h2>
      <ul class="list">
        {versions.map((it) => {
          const now = running.get(it.id);
          return (
            <li key={it.id} class={it.id === definition.id ? "chosen" : ""}>
              <span class="line">
                <a
                  class="grow"
                  href={paths.definition(it.id)}
                  aria-current={it.id === definition.id ? "page" : undefined}
                >
                  Version {it.version}
                </a>
                {now && incidentsOf({ incidents: now.incidents ?? [] }) > 0 && (
                  <State look="incident" word={String(incidentsOf({ incidents: now.incidents ?? [] }))} />
                )}
                <span class="secondary numbers">
                  {!numbers ? "" : now?.instances ? `${now.instances} running` : "none running"}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function DefinitionPanel(props: Props) {
  const { definition, observed, numbers } = props;
  return (
    <aside class="panel" aria-label="Numbers of the definition">
      <div class="panel-body" tabIndex={0}>
        <dl class="facts">
          <div>
            <dt>Key</dt>
            <dd class="mono">{definition.key}</dd>
          </div>
          {definition.versionTag && (
            <div>
              <dt>Version tag</dt>
              <dd>{definition.versionTag}</dd>
            </div>
          )}
        </dl>
        {observed && (
          <p class="secondary small">
            Nobody conducts it: events of other systems say which steps were done, and move the tokens.
          </p>
        )}
        {numbers ? <Sample sample={numbers.sample} /> : <Loading what="the numbers" />}
        <Elements {...props} />
        <Versions {...props} />
      </div>
    </aside>
  );
}
