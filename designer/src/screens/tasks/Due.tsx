import { absolute, roughly } from "~/ui/format";
import { State } from "~/ui/state";

/** How long there is time, or for how long there is none any more. */
export function Due({ at, now }: { at: string; now: number }) {
  const left = Date.parse(at) - now;
  return (
    <time dateTime={at} title={absolute(at)}>
      {left < 0 ? <State look="incident" word={`${roughly(-left)} overdue`} /> : `in ${roughly(left)}`}
    </time>
  );
}
