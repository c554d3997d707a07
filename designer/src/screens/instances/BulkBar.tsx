import { useState } from "preact/hooks";
import { incidents, resolveIncidents } from "~/api/incidents";
import { setSuspended } from "~/api/instances";
import { cancel } from "~/api/operations";
import type { Header } from "~/api/types";
import { may, useSession, whoseIs } from "~/frame/session";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";
import { toast } from "~/ui/toast";
import { doForEach, type Outcome } from "./bulk";

interface Action {
  label: string;
  /** What has been done to so many, for the message at the end. */
  past: string;
  fits: (header: Header) => boolean;
  act: (id: string) => Promise<unknown>;
  asks?: boolean;
  needs: string;
}

const runs = (it: Header) => it.state === "active" || it.state === "suspended";

async function retryAll(id: string): Promise<void> {
  const open = await incidents({ processInstanceId: id });
  if (open.length) await resolveIncidents(open.map((it) => it.id));
}

const UPDATE = "process-instance:update";

const ACTIONS: Action[] = [
  {
    label: "Retry",
    past: "retried",
    fits: (it) => runs(it) && it.incidents > 0,
    act: retryAll,
    needs: "incident:update",
  },
  {
    label: "Suspend",
    past: "suspended",
    fits: (it) => it.state === "active",
    act: (id) => setSuspended(id, true),
    needs: UPDATE,
  },
  {
    label: "Resume",
    past: "resumed",
    fits: (it) => it.state === "suspended",
    act: (id) => setSuspended(id, false),
    needs: UPDATE,
  },
  { label: "Cancel", past: "cancelled", fits: runs, act: (id) => cancel(id, false), asks: true, needs: UPDATE },
];

interface Progress extends Outcome {
  label: string;
  of: number;
}

function AskDialog({ count, onGo, onClose }: { count: number; onGo: () => void; onClose: () => void }) {
  const what = plural(count, "instance");
  return (
    <Dialog title={`Cancel ${what}`} onClose={onClose}>
      <p>Everything active in them ends at once and nothing is undone.</p>
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Leave them running
        </button>
        <button type="button" class="button primary" onClick={onGo}>
          Cancel {what}
        </button>
      </footer>
    </Dialog>
  );
}

/** What can be done with the chosen instances; each action counts those that it fits. */
export function BulkBar({ chosen, onDone }: { chosen: Header[]; onDone: () => void }) {
  const session = useSession();
  /** Of those that may not be changed the first, whose process is then named. */
  const whoseOf = (needs: string, fitting: Header[]) => {
    const whose = fitting.map(whoseIs);
    return whose.find((it) => !may(session, needs, it)) ?? whose[0];
  };
  const [progress, setProgress] = useState<Progress | null>(null);
  const [asking, setAsking] = useState<Action | null>(null);
  const go = async ({ label, past, fits, act }: Action) => {
    setAsking(null);
    const ids = chosen.filter(fits).map((it) => it.id);
    setProgress({ label, of: ids.length, done: 0, failed: 0, reason: null });
    const outcome = await doForEach(ids, act, (now) => setProgress({ label, of: ids.length, ...now }));
    setProgress(null);
    const said = `${plural(outcome.done, "instance")} ${past}`;
    if (outcome.failed) toast(`${said}, ${outcome.failed} not: ${outcome.reason}`, true);
    else toast(said);
    onDone();
  };
  return (
    <div class="bulk" role="region" aria-label="Chosen instances">
      <span class="grow numbers" role="status">
        {progress
          ? `${progress.label}: ${progress.done + progress.failed} of ${progress.of}`
          : `${chosen.length} chosen`}
      </span>
      {progress && <progress max={progress.of} value={progress.done + progress.failed} aria-label="Progress" />}
      {!progress &&
        ACTIONS.map((it) => {
          const fitting = chosen.filter(it.fits);
          const count = fitting.length;
          return count === 0 ? null : (
            <Deed
              key={it.label}
              needs={it.needs}
              whose={whoseOf(it.needs, fitting)}
              class={`button slim ${it.asks ? "danger" : ""}`}
              onClick={() => (it.asks ? setAsking(it) : void go(it))}
            >
              {it.label} {count}
              {it.asks && "…"}
            </Deed>
          );
        })}
      {!progress && (
        <button type="button" class="button slim quiet" onClick={onDone}>
          Choose none
        </button>
      )}
      {asking && (
        <AskDialog
          count={chosen.filter(asking.fits).length}
          onGo={() => void go(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}
