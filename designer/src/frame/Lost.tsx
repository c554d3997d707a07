import { readMe } from "~/api/people";
import { clock } from "~/ui/format";
import { useHeartbeat, useLostSince } from "./connection";
import { renewSession } from "./session";

/** Says on every page that Baton does not answer; what is shown is dimmed until it does. Also notices the session's end. */
export function Lost() {
  useHeartbeat(() => readMe().then(renewSession));
  const since = useLostSince();
  if (!since) return null;
  return (
    <div class="banner lost" role="alert">
      Baton does not answer. What is shown is as of {clock(since.toISOString())}; it goes on by itself when Baton is
      back.
    </div>
  );
}
