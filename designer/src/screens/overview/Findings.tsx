import { status, topics, watchdog } from "~/api/figures";
import type { ServerStatus, TopicBacklog, WatchdogReport } from "~/api/types";
import { paths } from "~/frame/router";
import { Ago, Failed } from "~/ui/basics";
import { plural, shortId } from "~/ui/format";
import { State } from "~/ui/state";
import { useResource } from "~/ui/useResource";

const RULES = {
  stuck: "Stuck",
  overdue: "Takes too long",
  "overdue-step": "Step is late",
  "missing-step": "Step is missing",
  "unserved-topic": "Nobody fetches",
  "growing-queue": "Queue grows",
  "host-away": "Host does not answer",
  "sink-away": "Sink takes nothing",
  "dead-letters": "Events not sent",
};
const MOST = 10;

interface Trouble {
  key: string;
  word: string;
  subject: string;
  href?: string;
  message: string;
  since: string | null;
}

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

/** The watchdog tells of topics too, but later: the topics themselves know better. */
function troublesOf(report: WatchdogReport, backlogs: TopicBacklog[]): Trouble[] {
  const found = report.findings
    .filter((it) => it.rule !== "unserved-topic")
    .map((it): Trouble => {
      const isInstance = /^(stuck|overdue|overdue-step|missing-step)$/.test(it.rule);
      return {
        key: `${it.rule} ${it.subject}`,
        word: RULES[it.rule as keyof typeof RULES] ?? it.rule,
        subject: isInstance ? shortId(it.subject) : it.subject,
        ...(isInstance ? { href: paths.instance(it.subject) } : {}),
        message: it.message + (it.repaired ? " (repaired)" : ""),
        since: it.since,
      };
    });
  return [...backlogs.filter((it) => !it.hasWorker).map(troubleOf), ...found];
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

async function load(signal: AbortSignal) {
  const [report, backlogs, server] = await Promise.all([watchdog(signal), topics(signal), status(signal)]);
  return { troubles: troublesOf(report, backlogs), server };
}

/** What nobody has opened an incident for: findings of the watchdog, topics without workers, the store. */
export function Findings({ now, turn }: { now: number; turn: number }) {
  const { value, error, reload } = useResource(load, [turn]);
  if (error && !value) return <Failed what="the findings" error={error} again={reload} />;
  if (!value) return null;
  const { troubles, server } = value;
  return (
    <>
      <Server found={server} now={now} />
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
