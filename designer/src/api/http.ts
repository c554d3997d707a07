import { noteRequest } from "~/frame/connection";
import { isUnattended } from "~/frame/presence";
import { noteSignedOut } from "~/frame/session";
import type { Problem } from "./types";

const BASE = "/engine-rest";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly problems: Problem[] = [],
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | boolean | undefined | null>;

export function url(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return BASE + path + (text ? `?${text}` : "");
}

interface ErrorBody {
  type?: string;
  message?: string;
  problems?: Problem[];
}

async function failure(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const message = body.message ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(response.status, body.type ?? "", message, body.problems ?? []);
}

export async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  const headers = isUnattended() ? { ...init.headers, "X-Baton-Unattended": "true" } : init.headers;
  try {
    response = await fetch(path, { ...init, headers: headers ?? {} });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    noteRequest(false);
    throw new ApiError(0, "Unreachable", "Baton does not answer. Check that it is running, then try again.");
  }
  noteRequest(true);
  if (response.status === 401 && !path.endsWith("/sign-in")) noteSignedOut();
  if (!response.ok) throw await failure(response);
  return response;
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return json<T>(await send(url(path, query), { headers: { Accept: "application/json" }, signal: signal ?? null }));
}

/** A plain text; what is not there is empty. */
export async function getText(path: string): Promise<string> {
  return (await send(url(path), { headers: { Accept: "text/plain" } })).text();
}

export async function change<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const text = body === undefined ? null : JSON.stringify(body);
  return json<T>(await send(url(path), { method, headers, body: text, signal: signal ?? null }));
}

const xmlBody = (xml: string) => ({ method: "POST", headers: { "Content-Type": "application/xml" }, body: xml });

/** XML that the server makes of XML. */
export async function convertXml(path: string, query: Query, xml: string): Promise<string> {
  return (await send(url(path, query), xmlBody(xml))).text();
}

export async function postForm<T>(path: string, form: FormData): Promise<T> {
  return json<T>(await send(url(path), { method: "POST", body: form }));
}
