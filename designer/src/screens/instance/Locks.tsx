import { externalTasks } from "~/api/instances";
import { Until, useNow } from "~/ui/basics";
import { useResource } from "~/ui/useResource";

/** Who works on an element now, and until when it is theirs. */
export function Locks({ instance, element, position }: { instance: string; element: string; position: number }) {
  const now = useNow(1000);
  const { value } = useResource((signal) => externalTasks(instance, element, signal), [instance, element, position]);
  const locked = value?.filter((it) => it.workerId && it.lockExpirationTime);
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
        </li>
      ))}
    </ul>
  );
}
