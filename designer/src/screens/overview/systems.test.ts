import { describe, expect, it } from "vitest";
import type { CalledHost, EventSink, EventSource } from "~/api/types";
import { troublesOfSystems } from "./systems";

const sink: EventSink = { name: "bus", kind: "kafka", lag: 0, deadLetters: 0, error: null, failingSince: null };
const source: EventSource = {
  name: "shop",
  kind: "sqs",
  waiting: 3,
  deadLetters: 0,
  error: null,
  failingSince: null,
  reportedAt: null,
};
const host: CalledHost = {
  host: "https://bank.example.com:443",
  kind: "host",
  state: "open",
  failures: 5,
  at: "2026-01-01T00:00:00.000+0000",
  until: null,
  message: "answered with 503",
};

describe("the lines of other systems", () => {
  it("are none where all is well", () => {
    expect(troublesOfSystems([sink], [source], [{ ...host, state: "closed" }], 0)).toEqual([]);
  });

  it("say what is away, by how much it is behind, and which circuit is open", () => {
    const away = { ...sink, error: "no route", lag: 72_000, failingSince: "2026-01-01T00:00:00.000+0000" };
    const found = troublesOfSystems([away], [{ ...source, error: "refused" }], [host], 0);
    expect(found.map((it) => [it.word, it.subject, it.message])).toEqual([
      ["Sink takes nothing", "bus", "no route; it is behind by 1 min 12 s"],
      ["Source gives nothing", "shop", "refused; 3 events wait"],
      ["Circuit is open", "https://bank.example.com:443", "5 calls in a row failed: answered with 503"],
    ]);
  });

  it("count the dead letters of each, and those of no sink or source", () => {
    const found = troublesOfSystems([{ ...sink, deadLetters: 2 }], [], [], 3);
    expect(found.map((it) => [it.subject, it.href])).toEqual([
      ["bus", "/dead-letters?place=bus"],
      ["Events over HTTP", "/dead-letters"],
    ]);
    expect(found[0]?.message).toBe("2 events could not be sent or taken: send them again or drop them");
  });
});
