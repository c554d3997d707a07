import { get } from "~/api/http";
import { clock } from "~/ui/format";
import { useHeartbeat, useLostSince } from "./connection";

/** Says on every page that Baton does not answer; what is shown is dimmed until it does. */
export function Lost() {
  useHeartbeat(() => get("/version"));
  const since = useLostSince();
  if (!since) return null;
  return (
    <div class="banner lost" role="alert">
      Baton does not answer. What is shown is as of {clock(since.toISOString())}; it goes on by itself when Baton is
      back.
    </div>
  );
}
