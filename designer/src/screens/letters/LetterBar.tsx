import { useState } from "preact/hooks";
import { dropLetter, letters, sendLetter } from "~/api/events";
import { Deed } from "~/ui/Deed";
import { plural } from "~/ui/format";
import { toast, toastError } from "~/ui/toast";
import { doForEach, type Outcome } from "./bulk";
import { DropDialog } from "./DropDialog";
import { filterOf } from "./filters";

const UPDATE = "event:update";
/** Letters that are asked for at once when all that match are chosen. */
const AT_ONCE = 200;

interface Progress extends Outcome {
  label: string;
  of: number;
}

interface Props {
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  query: URLSearchParams;
  /** All that match, on every page. */
  total: number;
  onDone: () => void;
}

async function listIds(query: URLSearchParams, total: number): Promise<string[]> {
  const found: string[] = [];
  for (let first = 0; first < total; first += AT_ONCE)
    found.push(...(await letters(filterOf(query), first, AT_ONCE)).map((it) => it.id));
  return found;
}

/** What can be done with the chosen dead letters. */
export function LetterBar({ chosen, onChoose, query, total, onDone }: Props) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [asking, setAsking] = useState(false);
  const count = chosen.size;
  const go = async (label: string, past: string, act: (id: string) => Promise<unknown>) => {
    setAsking(false);
    const begin = { label, of: count };
    setProgress({ ...begin, done: 0, failed: 0, reason: null });
    const outcome = await doForEach([...chosen], act, (now) => setProgress({ ...begin, ...now }));
    setProgress(null);
    const said = `${plural(outcome.done, "dead letter")} ${past}`;
    if (outcome.failed) toast(`${said}, ${outcome.failed} not: ${outcome.reason}`, true);
    else toast(said);
    onDone();
  };
  const chooseAll = () => void listIds(query, total).then((ids) => onChoose(new Set(ids)), toastError);
  return (
    <div class="bulk" role="region" aria-label="Chosen dead letters">
      <span class="grow numbers" role="status">
        {progress ? `${progress.label}: ${progress.done + progress.failed} of ${progress.of}` : `${count} chosen`}
      </span>
      {progress && <progress max={progress.of} value={progress.done + progress.failed} aria-label="Progress" />}
      {!progress && (
        <>
          {count < total && (
            <button type="button" class="button slim quiet" onClick={chooseAll}>
              Choose all {total.toLocaleString("en")}
            </button>
          )}
          <Deed needs={UPDATE} class="button slim" onClick={() => void go("Send again", "tried again", sendLetter)}>
            Send {count} again
          </Deed>
          <Deed needs={UPDATE} class="button slim danger" onClick={() => setAsking(true)}>
            Drop {count}…
          </Deed>
          <button type="button" class="button slim quiet" onClick={() => onChoose(new Set())}>
            Choose none
          </button>
        </>
      )}
      {asking && (
        <DropDialog
          count={count}
          onGo={() => void go("Drop", "dropped", dropLetter)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
