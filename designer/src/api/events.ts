/** Other systems: where events go, where they come from, what could not be sent or taken, hosts that are called. */

import { change, get } from "./http";
import type { CalledHost, DeadLetter, EventSink, EventSource } from "./types";

export interface LetterFilter {
  place?: string | undefined;
  type?: string | undefined;
  element?: string | undefined;
  text?: string | undefined;
}

const one = (id: string) => `/dead-letter/${encodeURIComponent(id)}`;

export const letters = (filter: LetterFilter, firstResult: number, maxResults: number, signal?: AbortSignal) =>
  get<DeadLetter[]>("/dead-letter", { ...filter, firstResult, maxResults }, signal);

export const countLetters = (filter: LetterFilter = {}, signal?: AbortSignal) =>
  get<{ count: number }>("/dead-letter/count", { ...filter }, signal).then((it) => it.count);

export const letter = (id: string, signal?: AbortSignal) => get<DeadLetter>(one(id), {}, signal);

export const changeLetter = (id: string, event: Record<string, unknown>) =>
  change<DeadLetter>("PUT", one(id), { event });

export const sendLetter = (id: string) => change<void>("POST", `${one(id)}/send`);

export const dropLetter = (id: string) => change<void>("DELETE", one(id));

export const sinks = (signal?: AbortSignal) => get<EventSink[]>("/event-sink", {}, signal);

export const sources = (signal?: AbortSignal) => get<EventSource[]>("/event-source", {}, signal);

export const calledHosts = (signal?: AbortSignal) => get<CalledHost[]>("/called-host", {}, signal);
