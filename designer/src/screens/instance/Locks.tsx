import { externalTasks } from "~/api/operations";
import type { ExternalTask } from "~/api/types";
import { Until, useNow } from "~/ui/basics";
import { useResource } from "~/ui/useResource";

/** How often a worker may say how far it is without an event of the instance. */
const BEAT = 3000;

/** Who works on an element now, until when it is theirs, and how far they say they are. */
export function Locks({ instance, element, position }: { instance: string; element: string; position: number }) {
  const now = useNow(1000);
  const beat = Math.floor(now / BEAT);
  const { value } = useResource(
    (signal) => externalTasks(instance, element, signal),
    [instance, element, position, beat],
  );
  // After its last attempt nobody works on it: the incident tells more than an old lock.
  const locked = value?.filter((it) => it.workerId && it.lockExpirationTime && it.retries !== 0);
  if (!locked?.length) return null;
  return (
    <ul class="list" aria-label="Locks">
      {locked.map((it) => (
        <li key={it.id}>
          <span class="line small">
            <span class="grow clip">
              {it.topicName}: locked by {it.workerId}
            </span>
            <span class="secondary">
              {Date.parse(it.lockExpirationTime ?? "") > now ? "expires " : "expired "}
              <Until at={it.lockExpirationTime ?? ""} now={now} />
            </span>
          </span>
          <Progress task={it} />
        </li>
      ))}
    </ul>
  );
}

function Progress({ task }: { task: ExternalTask }) {
  const { progress, progressText } = task;
  if (progress === null && progressText === null) return null;
  const share = progress === null ? "" : `${Math.round(progress * 100)} %`;
  return (
    <span class="line small">
      {progress !== null && <progress value={progress} aria-label={`Progress of ${task.workerId}`} />}
      <span class="grow clip secondary">{[share, progressText].filter(Boolean).join(" · ")}</span>
    </span>
  );
}
