import { snapshot } from "~/api/instance-lists";
import { Failed, Loading } from "~/ui/basics";
import { absolute } from "~/ui/format";
import { useResource } from "~/ui/useResource";
import { CausedBy } from "../instance/CausedBy";
import { detail, title, tone } from "../instance/words";
import { useNames } from "../useNames";

/** Steps on the way say nothing to the person who is asked. */
const PLAIN = /^(FlowTaken|ElementEntered|ExternalTaskCreated|TokenMerged|CompensationRecorded|SubscriptionOpened)$/;

/** What has happened in the instance of a task, the latest first. */
export function TaskHistory({ instance, definition }: { instance: string; definition: string }) {
  const { value, error, reload } = useResource((signal) => snapshot(instance, signal), [instance]);
  const names = useNames([definition]);
  if (error && !value) return <Failed what="the history" error={error} again={reload} />;
  if (!value) return <Loading what="the history" />;
  const shown = value.history.events.filter((it) => !PLAIN.test(it.type)).reverse();
  return (
    <ol class="told">
      {shown.map((it) => (
        <li key={it.position}>
          <time class="secondary numbers" dateTime={it.at} title={absolute(it.at)}>
            {absolute(it.at).slice(0, 19)}
          </time>
          <span>
            <span class={tone(it.type)}>{title(it.type)}</span>
            {it.element && ` ${names(definition, it.element)}`}
            <span class="secondary">
              {" "}
              {detail(it, (id) => names(definition, id))}
              <CausedBy event={it} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
