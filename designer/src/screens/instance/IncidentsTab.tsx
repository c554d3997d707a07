import { incidents, retry } from "~/api/instances";
import { Ago, useNow } from "~/ui/basics";
import { State } from "~/ui/state";
import { toast, toastError } from "~/ui/toast";
import type { PanelProps } from "./SidePanel";

/** The stream says that there is an incident; what failed, and so what to retry, is asked for when it is needed. */
async function retryById(instance: string, id: string): Promise<void> {
  const found = (await incidents({ processInstanceId: instance })).find((it) => it.id === id);
  if (!found) throw new Error("This incident is resolved already.");
  await retry(found);
}

export function IncidentsTab({ instance, view, live, onSelect, name }: PanelProps) {
  const now = useNow();
  const list = [...view.incidents.values()];
  if (!list.length)
    return (
      <p class="secondary">
        No incidents. When a step fails for good it stays where it is, and is listed here to be retried.
      </p>
    );
  return (
    <ul class="list">
      {list.map((it) => (
        <li key={it.id}>
          <span class="line">
            <button type="button" class="linkish grow clip" onClick={() => onSelect(it.element)}>
              <State look="incident" word={name(it.element)} />
            </button>
            <span class="small secondary">
              <Ago at={it.at} now={now} />
            </span>
          </span>
          <pre>{it.message}</pre>
          {live && (
            <span class="line">
              <button
                type="button"
                class="button slim"
                onClick={() =>
                  void retryById(instance, it.id).then(() => toast(`Retrying ${name(it.element)}`), toastError)
                }
              >
                Retry
              </button>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
