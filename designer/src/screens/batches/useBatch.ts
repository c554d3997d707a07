import { useState } from "preact/hooks";
import { type Batch, batch } from "~/api/batches";
import { ApiError } from "~/api/http";
import { type Resource, useResource } from "~/ui/useResource";
import { useTick } from "~/ui/useTick";
import { rests } from "./words";

/** No stream tells of batches: one that runs is asked after often, one that rests seldom, one that has ended not at all. */
const RUNNING_MS = 1_000;
export const RESTING_MS = 5_000;

export function useBatch(id: string): Resource<Batch> {
  const [every, setEvery] = useState(RUNNING_MS);
  const found = useResource((signal) => batch(id, signal), [id], useTick(every));
  const { value, error } = found;
  const isGone = error instanceof ApiError && error.status === 404;
  const next = isGone || value?.endedAt ? 0 : value && rests(value) ? RESTING_MS : RUNNING_MS;
  if (next !== every) setEvery(next);
  return found;
}
