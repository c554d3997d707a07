/** Draws decision tables and requirement diagrams with dmn-js. A chunk of its own. */

import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn-embedded.css";
import "~/styles/decision-editor.css";
import DmnModeler, { type DmnView } from "dmn-js/lib/Modeler";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { checkFiles } from "~/api/deploying";
import type { DraftFile } from "~/api/drafts";
import type { Problem } from "~/api/types";
import { THEME_COLOURS } from "~/diagram/renderer";
import { State } from "~/ui/state";
import { EditorFrame } from "./EditorFrame";
import { EvaluateBox } from "./EvaluateBox";
import { kindOf, listDecisions, replaceFiles } from "./kinds";

const PAUSE_MS = 600;
const idOf = (view: DmnView) => view.element.id;
const labelOf = (view: DmnView) => (view.type === "drd" ? "Requirements" : view.element.name || idOf(view));

/** The head above the numbers of rows is empty: nothing to be announced as a header. */
function hideEmptyHeaders(box: HTMLElement): MutationObserver {
  const hide = () => {
    for (const it of box.querySelectorAll("th.index-column:not([role])")) it.setAttribute("role", "presentation");
  };
  const observer = new MutationObserver(hide);
  observer.observe(box, { childList: true, subtree: true });
  return observer;
}

interface Editing {
  views: readonly DmnView[];
  active: DmnView | null;
  failed: string | null;
  open: (view: DmnView) => void;
}

/** The editor in a box; each change is written. */
function useEditor(file: DraftFile, onChange: (content: string) => void) {
  const box = useRef<HTMLDivElement>(null);
  const modeler = useRef<DmnModeler | null>(null);
  const [state, setState] = useState<Omit<Editing, "open">>({ views: [], active: null, failed: null });
  const change = useRef(onChange);
  change.current = onChange;
  useEffect(() => {
    if (!box.current) return;
    const made = new DmnModeler({ container: box.current, drd: { drdRenderer: THEME_COLOURS } });
    modeler.current = made;
    const observer = hideEmptyHeaders(box.current);
    const heard = new WeakSet<object>();
    const write = () =>
      void made.saveXML({ format: true }).then(
        ({ xml }) => change.current(xml),
        (error: Error) => setState((old) => ({ ...old, failed: error.message })),
      );
    made.on("views.changed", ({ views, activeView }) => {
      setState((old) => ({ ...old, views, active: activeView ?? null }));
      const viewer = made.getActiveViewer();
      if (!viewer || heard.has(viewer)) return;
      heard.add(viewer);
      // Opening a view clears its stack: that is no change of the user's.
      viewer.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && write());
    });
    const open = async () => {
      await made.importXML(file.content);
      // A diagram of one box says little: its table is what one came for.
      const [only, ...others] = made.getViews().filter((it) => it.type !== "drd");
      if (only && !others.length) await made.open(only);
    };
    open().catch((error: Error) => setState((old) => ({ ...old, failed: error.message })));
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [file.name]);
  return { box, editing: { ...state, open: (view: DmnView) => void modeler.current?.open(view) } };
}

/** What the engine says to the file, at each pause. */
function useProblems(file: DraftFile, files: readonly DraftFile[]): readonly Problem[] | null {
  const [problems, setProblems] = useState<readonly Problem[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const run = () =>
      checkFiles(replaceFiles(files, [file]), abort.signal).then(
        (found) => setProblems(found.filter((it) => it.resource === file.name)),
        () => setProblems(null),
      );
    const timer = setTimeout(() => void run(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [file.content]);
  return problems;
}

function Problems({ problems }: { problems: readonly Problem[] | null }) {
  return (
    <section>
      <h2 class="small-title">Problems</h2>
      {problems?.length === 0 && <p class="secondary">None</p>}
      {problems === null && <p class="secondary">Checking…</p>}
      <ul class="list">
        {problems?.map((it, index) => (
          <li key={index} data-rule={it.rule}>
            <State
              look={it.severity === "error" ? "incident" : "undoing"}
              word={it.severity === "error" ? "Error" : "Warning"}
            />
            <span class="small">{it.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Props {
  file: DraftFile;
  files: readonly DraftFile[];
  onChange: (content: string) => void;
  onDone: () => void;
}

export function DecisionEditor({ file, files, onChange, onDone }: Props) {
  const { box, editing } = useEditor(file, onChange);
  const problems = useProblems(file, files);
  const decisions = useMemo(() => listDecisions(file.content), [file.content]);
  const asked = useMemo(() => files.filter((it) => kindOf(it) === "decision"), [files]);
  const current = decisions.some((it) => it.id === editing.active?.element.id) ? editing.active?.element.id : null;
  return (
    <EditorFrame
      kind="Decision"
      title={file.name}
      onDone={onDone}
      tools={
        <div class="segments" role="group" aria-label="What is shown of the file">
          {editing.views.map((it) => (
            <button
              type="button"
              key={`${it.type} ${idOf(it)}`}
              aria-pressed={editing.active?.element === it.element}
              onClick={() => editing.open(it)}
            >
              {labelOf(it)}
            </button>
          ))}
        </div>
      }
    >
      {editing.failed && (
        <p class="note" role="alert">
          This file cannot be drawn: {editing.failed}
        </p>
      )}
      <div class="editor-body">
        <div class="decision-editor" ref={box} />
        <aside class="panel editor-side" aria-label="Evaluate and check">
          <EvaluateBox decisions={decisions} current={current ?? null} files={asked} />
          <Problems problems={problems} />
        </aside>
      </div>
    </EditorFrame>
  );
}
