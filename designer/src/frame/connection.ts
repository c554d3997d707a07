/**
 * Whether Baton answers, for the whole frame: what every stream and every request has last seen. One that is lost for a
 * moment is not reported; screens are notified when it lasts, and again when Baton is back, so that they load what they missed.
 */

import { useEffect, useState } from "preact/hooks";

export type Connection = "connecting" | "live" | "lost";

const PATIENCE_MS = 1500;
const ASK_MS = 5000;
/** With a stream only each third question is asked. */
const SELDOM = 3;

const streams = new Map<object, Connection>();
const listeners = new Set<() => void>();
let requestFailed = false;
let lostSince: Date | null = null;
let timer = 0;

const isLost = () => requestFailed || [...streams.values()].includes("lost");

function tell(since: Date | null): void {
  lostSince = since;
  for (const listener of listeners) listener();
}

function look(): void {
  if (!isLost()) {
    window.clearTimeout(timer);
    timer = 0;
    if (lostSince) tell(null);
  } else if (!timer && !lostSince) {
    const since = new Date();
    timer = window.setTimeout(() => {
      timer = 0;
      if (isLost()) tell(since);
    }, PATIENCE_MS);
  }
}

export function noteStream(stream: object, state: Connection): void {
  // A stream that is being opened again has not been heard of: it stays lost until it is live.
  if (state === "connecting" && streams.get(stream) === "lost") return;
  streams.set(stream, state);
  if (state === "live") requestFailed = false;
  look();
}

export function forgetStream(stream: object): void {
  streams.delete(stream);
  look();
}

export function noteRequest(answered: boolean): void {
  requestFailed = !answered;
  look();
}

/** The moment since which Baton has not answered; null while it does. */
export function useLostSince(): Date | null {
  const [since, setSince] = useState(lostSince);
  useEffect(() => {
    const listener = () => setSince(lostSince);
    listeners.add(listener);
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return since;
}

/** Runs when Baton is back after it was lost. */
export function useReturn(run: () => void): void {
  useEffect(() => {
    let was = lostSince;
    const listener = () => {
      if (was && !lostSince) run();
      was = lostSince;
    };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [run]);
}

/** Asks now and then: a stream does not notice a frozen server, and a page without a stream notices nothing. */
export function useHeartbeat(ask: () => Promise<unknown>): void {
  useEffect(() => {
    let beats = 0;
    const now = () => void ask().catch(() => undefined);
    const beat = window.setInterval(() => {
      beats += 1;
      const often = streams.size === 0 || isLost();
      if (!document.hidden && (often || beats % SELDOM === 0)) now();
    }, ASK_MS);
    const gone = () => noteRequest(false);
    window.addEventListener("offline", gone);
    window.addEventListener("online", now);
    // Nobody was asked while the page was hidden.
    const shown = () => void (document.hidden || now());
    document.addEventListener("visibilitychange", shown);
    return () => {
      window.clearInterval(beat);
      window.removeEventListener("offline", gone);
      window.removeEventListener("online", now);
      document.removeEventListener("visibilitychange", shown);
    };
  }, []);
}
