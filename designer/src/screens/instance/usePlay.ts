import { useEffect, useState } from "preact/hooks";
import type { InstanceEvent } from "~/api/types";

const STEP_MS = 850;
/** A long history takes several events at a step, so that it never lasts longer than about a minute. */
const MOST_STEPS = 80;
/** What happens in between is shown together with the next of these. */
const SEEN =
  /^(Element|Undo|Compensation(Started|Completed)|Incident|Instance|UserTaskC|MessageReceived|SignalReceived|TimerFired|ErrorThrown|RolledBack)/;

/** The position to show next, or null at the end. Pure. */
export function following(events: readonly InstanceEvent[], at: number): number | null {
  const steps = events.filter((it) => it.position > at && SEEN.test(it.type));
  const stride = Math.max(1, Math.ceil(events.filter((it) => SEEN.test(it.type)).length / MOST_STEPS));
  return steps[stride - 1]?.position ?? null;
}

/** Plays the history from where the slider is, from its beginning when it is at its end. */
export function usePlay(
  events: readonly InstanceEvent[],
  at: number | null,
  onAt: (position: number | null) => void,
  speed: number,
) {
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    if (at === null) return setPlaying(false);
    const timer = window.setTimeout(() => onAt(following(events, at)), STEP_MS / speed);
    return () => window.clearTimeout(timer);
  }, [playing, at, events, speed]);
  const toggle = () => {
    if (!playing && at === null) onAt(events[0]?.position ?? null);
    setPlaying(!playing);
  };
  return { playing, toggle };
}
