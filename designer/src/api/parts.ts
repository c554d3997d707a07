/** Lists that no index serves: what was found in a part of the instances, and where the next part begins. */

import { send, url } from "./http";

export interface Part<T> {
  found: T;
  next: string | null;
}

/** Goes on where `next` of the part before says. */
export async function getPart<T>(
  path: string,
  query: Record<string, string | number | boolean | undefined>,
  from: string | null,
  signal: AbortSignal,
): Promise<Part<T>> {
  const headers = { Accept: "application/json" };
  const response = await send(url(path, { ...query, continueFrom: from }), { headers, signal });
  return { next: response.headers.get("Baton-Continue"), found: (await response.json()) as T };
}
