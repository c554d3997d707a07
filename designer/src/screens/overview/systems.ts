/** What is wrong with other systems now, as lines of the overview. Pure. */

import type { CalledHost, EventSink, EventSource } from "~/api/types";
import { duration, plural } from "~/ui/format";

export interface Trouble {
  key: string;
  word: string;
  subject: string;
  href?: string;
  message: string;
  since: string | null;
}

const lettersOf = (place: string) => `/dead-letters?${new URLSearchParams({ place })}`;

const WORDS = { open: "Circuit is open", trying: "Circuit is tried", closed: "Host fails" } as const;

function troubleOfSink(sink: EventSink): Trouble {
  return {
    key: `sink ${sink.name}`,
    word: "Sink takes nothing",
    subject: sink.name,
    message: `${sink.error}${sink.lag > 0 ? `; it is behind by ${duration(sink.lag)}` : ""}`,
    since: sink.failingSince,
  };
}

function troubleOfSource(source: EventSource): Trouble {
  const waiting = source.waiting ? `; ${plural(source.waiting, "event waits", "events wait")}` : "";
  return {
    key: `source ${source.name}`,
    word: "Source gives nothing",
    subject: source.name,
    message: `${source.error}${waiting}`,
    since: source.failingSince,
  };
}

/** While its circuit is open a host or a topic is not called; then one call tries. */
function troubleOfHost(host: CalledHost): Trouble {
  return {
    key: `${host.kind} ${host.host}`,
    word: WORDS[host.state as keyof typeof WORDS] ?? host.state,
    subject: host.kind === "topic" ? `All calls of ${host.host}` : host.host,
    message: `${plural(host.failures, "call")} in a row failed: ${host.message}`,
    since: host.at,
  };
}

function troublesOfLetters(places: readonly (EventSink | EventSource)[], all: number): Trouble[] {
  const line = (subject: string, count: number, href: string): Trouble => ({
    key: `letters ${subject}`,
    word: "Dead letters",
    subject,
    href,
    message: `${plural(count, "event")} could not be sent or taken: send ${count === 1 ? "it" : "them"} again or drop ${count === 1 ? "it" : "them"}`,
    since: null,
  });
  const found = places.filter((it) => it.deadLetters > 0);
  const rest = all - found.reduce((sum, it) => sum + it.deadLetters, 0);
  const lines = found.map((it) => line(it.name, it.deadLetters, lettersOf(it.name)));
  return rest > 0 ? [...lines, line("Events over HTTP", rest, "/dead-letters")] : lines;
}

export const troublesOfSystems = (
  sinks: readonly EventSink[],
  sources: readonly EventSource[],
  hosts: readonly CalledHost[],
  letters: number,
): Trouble[] => [
  ...sinks.filter((it) => it.error).map(troubleOfSink),
  ...sources.filter((it) => it.error).map(troubleOfSource),
  ...hosts.filter((it) => it.state !== "closed").map(troubleOfHost),
  ...troublesOfLetters([...sinks, ...sources], letters),
];
