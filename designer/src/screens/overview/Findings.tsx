import { countApprovals } from "~/api/approvals";
import { calledHosts, countLetters, sinks, sources } from "~/api/events";
import { status, topics, watchdog } from "~/api/figures";
import type { EventSink, EventSource, ServerStatus, TopicBacklog, WatchdogReport } from "~/api/types";
import { paths } from "~/frame/router";
import { may, type Session, useSession } from "~/frame/session";
import { Ago, Failed } from "~/ui/basics";
import { duration, plural, shortId } from "~/ui/format";
import { State } from "~/ui/state";
import { useResource } from "~/ui/useResource";
import { type Trouble, troublesOfSystems } from "./systems";

const RULES = {
  stuck: "Stuck",
  overdue: "Takes too long",
  "overdue-step": "Step is late",
  "missing-step": "Step is missing",
  "unserved-topic": "Nobody fetches",
  "growing-queue": "Queue grows",
  "host-away": "Host does not answer",
  "sink-away": "Sink takes nothing",
  "source-away": "Source gives nothing",
  "dead-letters": "Dead letters",
  inconsistent: "Cannot be trusted",
  "over-capacity": "Over capacity",
  "undoing-fails": "Undoing fails again",
};
/** The watchdog tells of these too, but later: the topics and the other systems themselves know better. */
const KNOWN_BETTER = /^(unserved-topic|host-away|sink-away|source-away|dead-letters)$/;
const MOST = 10;

function troubleOf(topic: TopicBacklog): Trouble {
  const last = topic.lastWorkerId
    ? `${topic.lastWorkerId} asked for it last`
    : "no worker has asked for it within a day";
  return {
    key: `topic ${topic.topicName}`,
    word: "Topic without a worker",
    subject: topic.topicName,
    message: `${plural(topic.waiting, "task waits", "tasks wait")}; ${last}`,
    since: topic.waitingSince,
  };
}

function troublesOf(report: WatchdogReport, backlogs: TopicBacklog[], systems: Trouble[] | null): Trouble[] {
  const found = report.findings
    .filter((it) => (systems ? !KNOWN_BETTER.test(it.rule) : it.rule !== "unserved-topic"))
    .map((it): Trouble => {
      const isInstance = /^(stuck|overdue|overdue-step|missing-step|inconsistent)$/.test(it.rule);
      return {
        key: `${it.rule} ${it.subject}`,
        word: RULES[it.rule as keyof typeof RULES] ?? it.rule,
        subject: isInstance ? shortId(it.subject) : it.subject,
        ...(isInstance ? { href: paths.instance(it.subject) } : {}),
        message: it.message + (it.repaired ? " (repaired)" : ""),
        since: it.since,
      };
    });
  return [...(systems ?? []), ...backlogs.filter((it) => !it.hasWorker).map(troubleOf), ...found];
}

function Line({ it, now }: { it: Trouble; now: number }) {
  return (
    <tr>
      <td class="at-1">
        <State look="incident" word={it.word} />
      </td>
      <td class="at-1-end">{it.href ? <a href={it.href}>{it.subject}</a> : it.subject}</td>
      <td class="at-2-all" title={it.message}>
        {it.message}
      </td>
      <td class="secondary at-2-end">{it.since && <Ago at={it.since} now={now} />}</td>
    </tr>
  );
}

const MEGABYTE = 1024 * 1024;

function Server({ found, now }: { found: ServerStatus; now: number }) {
  const [used, limit] = [found.storeMemory / MEGABYTE, found.storeMemoryLimit / MEGABYTE];
  return (
    <p class="server small secondary" role="note" aria-label="Store and processes">
      <span class="numbers">
        Store: {Math.round(used)} MB{limit > 0 && ` of ${Math.round(limit).toLocaleString("en")} MB`}
      </span>
      {limit > 0 && <meter min={0} max={limit} high={limit * 0.8} value={used} aria-label="Memory of the store" />}
      <span class="numbers">{plural(found.jobs, "job")} planned</span>
      <span class="numbers">{plural(found.outbox, "message")} to send</span>
      <span>What was due was done {found.lastProgress ? <Ago at={found.lastProgress} now={now} /> : "never yet"}</span>
      <span>
        {found.watchdogLooked ? (
          <>
            Watchdog looked <Ago at={found.watchdogLooked} now={now} />
          </>
        ) : (
          "The watchdog has not looked yet"
        )}
      </span>
    </p>
  );
}

/** What waits for somebody to decide, as one line. */
function troublesOfApprovals(asked: number): Trouble[] {
  if (!asked) return [];
  const message = `${plural(asked, "request waits", "requests wait")} for a second person`;
  return [{ key: "approvals", word: "To approve", subject: "Approvals", href: "/approvals", message, since: null }];
}

interface Systems {
  sinks: EventSink[];
  sources: EventSource[];
  letters: number;
  troubles: Trouble[];
}

async function loadSystems(signal: AbortSignal): Promise<Systems> {
  const [out, into, hosts, dead] = await Promise.all([
    sinks(signal),
    sources(signal),
    calledHosts(signal),
    countLetters({}, signal),
  ]);
  return { sinks: out, sources: into, letters: dead, troubles: troublesOfSystems(out, into, hosts, dead) };
}

async function load(session: Session, signal: AbortSignal) {
  const [report, backlogs, server, systems, asked] = await Promise.all([
    watchdog(signal),
    topics(signal),
    status(signal),
    may(session, "event:read") ? loadSystems(signal) : null,
    countApprovals(signal),
  ]);
  const troubles = [...troublesOf(report, backlogs, systems?.troubles ?? null), ...troublesOfApprovals(asked)];
  return { troubles, server, systems };
}

/** How far the sinks are, and what is left to decide about. */
function Connections({ of }: { of: Systems }) {
  const behind = of.sinks.reduce((most, it) => (it.lag > most.lag ? it : most), { name: "", lag: 0 });
  return (
    <p class="server small secondary" role="note" aria-label="Events of other systems">
      {of.sinks.length > 0 && (
        <span class="numbers">
          {plural(of.sinks.length, "sink")}:{" "}
          {behind.lag > 0 ? `${behind.name} is behind by ${duration(behind.lag)}` : "all have everything"}
        </span>
      )}
      {of.sources.length > 0 && <span class="numbers">{plural(of.sources.length, "source")}</span>}
      <a class="numbers" href="/dead-letters">
        {plural(of.letters, "dead letter")}
      </a>
    </p>
  );
}

/** What nobody has opened an incident for: findings of the watchdog, topics without workers, the store. */
export function Findings({ now, turn }: { now: number; turn: number }) {
  const session = useSession();
  const { value, error, reload } = useResource((signal) => load(session, signal), [session], turn);
  if (error && !value) return <Failed what="the findings" error={error} again={reload} />;
  if (!value) return null;
  const { troubles, server, systems } = value;
  return (
    <>
      <Server found={server} now={now} />
      {systems && <Connections of={systems} />}
      {troubles.length > 0 && (
        <section aria-labelledby="overview-findings">
          <h2 id="overview-findings" class="section-title">
            What the watchdog found
          </h2>
          <table class="table rows">
            <colgroup>
              <col style={{ width: 210 }} />
              <col style={{ width: "20%" }} />
              <col />
              <col style={{ width: 110 }} />
            </colgroup>
            <thead>
              <tr>
                <th>Finding</th>
                <th>Where</th>
                <th>What was found</th>
                <th>Since</th>
              </tr>
            </thead>
            <tbody>
              {troubles.slice(0, MOST).map((it) => (
                <Line key={it.key} it={it} now={now} />
              ))}
            </tbody>
          </table>
          {troubles.length > MOST && <p class="pager">{troubles.length - MOST} more</p>}
        </section>
      )}
    </>
  );
}
