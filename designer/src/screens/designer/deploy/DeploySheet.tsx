/** Before anything is deployed: what differs from what runs, what is wrong, what becomes of running instances. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { check, filesOfDeployment, findLatest } from "~/api/deploying";
import type { DraftFile } from "~/api/drafts";
import { countRunning } from "~/api/instance-lists";
import { definitionXml } from "~/api/models";
import type { Definition, Problem } from "~/api/types";
import { useSession, whyNot } from "~/frame/session";
import "~/styles/deploy.css";
import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";
import { State } from "~/ui/state";
import { keyFromName } from "../blank";
import { keepRelated, kindOf, titleOf } from "../files/kinds";
import type { Modeler } from "../modeler";
import { namedIn } from "../problems/shapes";
import { sentence } from "../problems/words";
import { ChangesDiagram } from "./ChangesDiagram";
import { type Change, compareBeside, compareFiles, type FileChange, type Kind, type Moddle } from "./changes";

export interface Parts {
  id: string;
  name: string;
}

interface Props {
  modeler: Modeler;
  xml: string;
  processId: string;
  title: string;
  /** What is deployed with the diagram. */
  files: readonly DraftFile[];
  /** The version that was opened; another may have been deployed since. */
  origin: Definition | null;
  /** A new process is asked for its name and key. */
  naming: boolean;
  busy: boolean;
  /** `migrates`: those that run are to go on in the new version. */
  onDeploy: (parts: Parts | null, next: { starts: boolean; migrates: boolean }) => void;
  onClose: () => void;
}

interface Known {
  latest: Definition | null;
  before: string | null;
  running: number;
  changes: Change[];
  /** What was deployed with the latest version. */
  beside: DraftFile[];
}

const FRESH: Known = { latest: null, before: null, running: 0, changes: [], beside: [] };
const TYPING_MS = 250;

async function lookUp(modeler: Modeler, key: string, xml: string): Promise<Known> {
  const latest = await findLatest(key);
  if (!latest) return FRESH;
  const [before, running, stored] = await Promise.all([
    definitionXml(latest.id),
    countRunning(key),
    latest.deploymentId ? filesOfDeployment(latest.deploymentId) : [],
  ]);
  const others = stored.filter((it) => it.name !== latest.resource && kindOf(it) !== "scenario");
  const beside = keepRelated(before, others);
  return { latest, before, running, beside, changes: await compareFiles(modeler.get<Moddle>("moddle"), before, xml) };
}

const WORDS: Record<Kind, string> = { added: "Added", removed: "Removed", changed: "Changed", moved: "Moved" };

function Changes({ changes, onSelect }: { changes: readonly Change[]; onSelect: (change: Change) => void }) {
  return (
    <ul class="list changes">
      {changes.map((it) => (
        <li key={it.id} data-change={it.kind} data-element={it.id}>
          <span class="line">
            <span class={`kind is-${it.kind}`}>{WORDS[it.kind]}</span>
            <button type="button" class="linkish grow clip" title={it.name} onClick={() => onSelect(it)}>
              {it.name}
            </button>
          </span>
          {it.details.map((detail) => (
            <span key={detail} class="small secondary clip" title={detail}>
              {detail}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

const FILE_WORDS: Record<FileChange["change"], string> = {
  added: "Added",
  removed: "Removed",
  changed: "Changed",
  same: "As before",
};

function Files({ files, known }: { files: readonly DraftFile[]; known: Known }) {
  const all = compareBeside(known.beside, files);
  if (!all.length) return null;
  return (
    <section>
      <h3>Deployed with it</h3>
      <ul class="list changes">
        {all.map(({ file, change }) => (
          <li key={file.name} data-file={file.name} data-change={change}>
            <span class="line">
              <span class={`kind is-${change}`}>{FILE_WORDS[change]}</span>
              <span class="grow clip" title={file.name}>
                {titleOf(file)}
              </span>
              <span class="small secondary">{kindOf(file)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Problems({ problems, modeler }: { problems: readonly Problem[]; modeler: Modeler }) {
  const named = namedIn(modeler);
  return (
    <ul class="list">
      {problems.map((it, index) => (
        <li key={index}>
          <State
            look={it.severity === "error" ? "incident" : "undoing"}
            word={it.severity === "error" ? "Error" : "Warning"}
          />
          <span class="small">{sentence(it, named)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What becomes of those that run: a deployment by itself never moves them. */
function running({ latest, running: count }: Known, migrates: boolean): string {
  if (!latest) return "It is the first version of this process.";
  const next = latest.version + 1;
  if (!count) return `No instance runs. New ones start on version ${next}.`;
  if (migrates)
    return `What becomes of each element is shown when version ${next} is deployed, before anything is migrated.`;
  return `${plural(count, "instance")} ${count === 1 ? "runs" : "run"} on earlier versions and ${count === 1 ? "stays" : "stay"} there to the end. New ones start on version ${next}.`;
}

export function DeploySheet(props: Props) {
  const { modeler, xml, processId, files, origin, naming, busy, onDeploy } = props;
  const [name, setName] = useState("");
  const [ownKey, setOwnKey] = useState<string | null>(null);
  const [known, setKnown] = useState<Known | null>(null);
  const [problems, setProblems] = useState<Problem[] | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [side, setSide] = useState<"after" | "before">("after");
  const [selected, setSelected] = useState<string | null>(null);
  const [migrates, setMigrates] = useState(false);
  const key = naming ? (ownKey ?? (name ? keyFromName(name) : "")) : processId;
  useEffect(() => {
    let alive = true;
    const timer = setTimeout(
      () =>
        (key ? lookUp(modeler, key, xml) : Promise.resolve(FRESH)).then(
          (it) => alive && setKnown(it),
          (error: Error) => alive && setFailed(error.message),
        ),
      naming ? TYPING_MS : 0,
    );
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [key]);
  useEffect(() => {
    check(xml, files).then(setProblems, (error: Error) => setFailed(error.message));
  }, [xml]);

  const errors = problems?.filter((it) => it.severity === "error").length ?? 0;
  const next = (known?.latest?.version ?? 0) + 1;
  const ready = known !== null && problems !== null && errors === 0 && !busy;
  const newer = known?.latest && origin && known.latest.key === origin.key && known.latest.version > origin.version;
  const form = (event: Event) => {
    event.preventDefault();
    const pressed = (event as SubmitEvent).submitter as HTMLButtonElement | null;
    const starts = pressed?.value === "start";
    onDeploy(naming ? { id: key, name } : null, { starts, migrates });
  };
  const session = useSession();
  const unstartable = whyNot(session, "process-definition:start", { key });
  const unmovable = whyNot(session, "process-instance:update", { key });
  const drawn = useMemo(
    () => known?.changes.filter((it) => (side === "after" ? it.kind !== "removed" : it.kind === "removed")) ?? [],
    [known, side],
  );
  const select = (change: Change) => {
    setSide(change.kind === "removed" ? "before" : "after");
    setSelected(change.id);
  };
  return (
    <Dialog title={`Deploy ${props.title}`} onClose={props.onClose} wide={Boolean(known?.before)}>
      <form class="plain deploy" onSubmit={form}>
        {naming && (
          <div class="row naming">
            <div class="field grow">
              <label for="process-name">Name</label>
              <input
                id="process-name"
                class="input"
                required
                autofocus
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
                placeholder="Order fulfilment"
                autocomplete="off"
              />
            </div>
            <div class="field grow">
              <label for="process-key">Key</label>
              <input
                id="process-key"
                class="input mono"
                required
                pattern="[A-Za-z_][\w\-]*"
                title="All its versions share the key; workers and callers use it."
                value={key}
                onInput={(event) => setOwnKey(event.currentTarget.value)}
                autocomplete="off"
              />
            </div>
          </div>
        )}
        {failed && (
          <p class="note" role="alert">
            {failed}
          </p>
        )}
        {newer && known?.latest && (
          <p class="note" role="note">
            Version {known.latest.version} was deployed since version {origin.version} was opened here. Deploying takes
            back what it changed: the list shows it.
          </p>
        )}
        {naming && known?.latest && (
          <p class="note" role="note">
            There is a process with this key already: this becomes its version {next}.
          </p>
        )}
        <div class={`deploy-parts ${known?.before ? "" : "alone"}`}>
          {known?.before && (
            <div class="deploy-picture">
              <div class="segments" role="group" aria-label="Which diagram">
                <button type="button" aria-pressed={side === "after"} onClick={() => setSide("after")}>
                  What will run
                </button>
                <button type="button" aria-pressed={side === "before"} onClick={() => setSide("before")}>
                  Version {known.latest?.version}
                </button>
              </div>
              <ChangesDiagram
                xml={side === "after" ? xml : known.before}
                label="Changes"
                changes={drawn}
                selected={selected}
              />
            </div>
          )}
          <div class="deploy-facts">
            {known?.before && (
              <section class="deploy-changes">
                <h3>
                  {known.changes.length
                    ? `${plural(known.changes.length, "change")} since version ${known.latest?.version}`
                    : `Nothing has changed since version ${known.latest?.version}`}
                </h3>
                <Changes changes={known.changes} onSelect={select} />
              </section>
            )}
            <section>
              <h3>
                {problems === null
                  ? "Checking…"
                  : errors
                    ? `${plural(errors, "error")}: repair ${errors === 1 ? "it" : "them"} first`
                    : problems.length
                      ? plural(problems.length, "warning")
                      : "No problems"}
              </h3>
              <Problems problems={problems ?? []} modeler={modeler} />
            </section>
            {known && <Files files={files} known={known} />}
          </div>
        </div>
        <footer>
          {known && (
            <div class="grow">
              {known.running > 0 && (
                <label class="row" title={unmovable ?? undefined}>
                  <input
                    type="checkbox"
                    checked={migrates}
                    disabled={unmovable !== null}
                    onChange={(event) => setMigrates(event.currentTarget.checked)}
                  />
                  Then migrate {plural(known.running, "running instance")}
                </label>
              )}
              <p class="secondary">{running(known, migrates)}</p>
            </div>
          )}
          <button type="button" class="button" onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class="button"
            value="start"
            disabled={!ready || migrates || unstartable !== null}
            title={unstartable ?? ""}
          >
            Deploy and start…
          </button>
          <button type="submit" class="button primary" value="deploy" disabled={!ready}>
            Deploy version {next}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
