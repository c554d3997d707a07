import { get } from "./http";
import type { ServerStatus, ThroughputPoint, TopicBacklog, WatchdogReport } from "./types";

export type Per = "minute" | "hour";

/** The last hour by minute, or the last day by hour. */
export const throughput = (per: Per, signal?: AbortSignal) =>
  get<ThroughputPoint[]>("/metrics/throughput", { per }, signal);

export const topics = (signal?: AbortSignal) => get<TopicBacklog[]>("/external-task/topic", {}, signal);

export const status = (signal?: AbortSignal) => get<ServerStatus>("/status", {}, signal);

export const watchdog = (signal?: AbortSignal) => get<WatchdogReport>("/watchdog", {}, signal);
