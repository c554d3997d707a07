import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { setSuspended } from "~/api/instances";
import { type ElementInfo, LivePane } from "~/diagram/LivePane";
import type { Call } from "~/diagram/opening";
import type { PlanMark } from "~/diagram/plan";
import { type Address, pageOf, parseAddress } from "~/frame/address";
import { Bar, type Crumb } from "~/frame/Bar";
import { isTyping, useDocumentKeys } from "~/frame/keys";
import { navigate, paths, setQuery } from "~/frame/router";
import { may, useSession, whoseIs } from "~/frame/session";
import { apply, fold } from "~/live/fold";
import { type Live, useInstance } from "~/live/useInstance";
import { callersOf, callsOf, eventsOf, type Move, statedOf, type View } from "~/live/view";
import { Failed, Loading } from "~/ui/basics";
import { absolute, shortId } from "~/ui/format";
import { Lazy } from "~/ui/Lazy";
import { Menu, type MenuEntry } from "~/ui/Menu";
import { State, stateOf } from "~/ui/state";
import { toastError } from "~/ui/toast";
import { useNames } from "../useNames";
import type { Step } from "./plan/moves";
import { SidePanel } from "./SidePanel";

type Open =
  | { what: "undo"; to: string | null; undoes: boolean }
  | { what: "move"; steps: readonly Step[]; from?: number }
  | { what: "message" }
  | { what: "migrate" }
  | null;

const historyDrawer = () => import("./HistoryDrawer").then((it) => it.HistoryDrawer);
const messageDialog = () => import("./MessageDialog").then((it) => it.MessageDialog);
const migrateSheet = () => import("../migrate/MigrateSheet").then((it) => it.MigrateSheet);
const pendingApproval = () => import("./PendingApproval").then((it) => it.PendingApproval);
const undoPanel = () => import("./plan/UndoPanel").then((it) => it.UndoPanel);
const movePanel = () => import("./plan/MovePanel").then((it) => it.MovePanel);

/** Every instance shows its history: what draws it comes while the instance itself is on its way. */
void historyDrawer();

const NO_PLAN: readonly PlanMark[] = [];
const LIST: Crumb = { label: "Instances", href: "/instances" };

function useEscape(run: () => void): void {
  useDocumentKeys((event) => {
    if (event.key === "Escape" && !isTyping(event.target) && !document.querySelector("dialog[open]")) run();
  });
}

function numberIn(query: URLSearchParams, name: string): number | null {
  const number = Number(query.get(name));
  return Number.isInteger(number) && number > 0 ? number : null;
}

const ADDRESS_MS = 300;

/** The address contains what is shown, a moment later: browsers refuse an address that changes with each frame. */
function useAddress(page: string, parts: Record<string, string | null>): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = setTimeout(() => setQuery(parts), ADDRESS_MS);
    return () => clearTimeout(timer);
  }, [page, ...Object.values(parts)]);
}

interface TimeTravel {
  view: View | null;
  at: number | null;
  setAt: (at: number | null) => void;
  takeMoves: () => Move[];
}

/** Going on from the moment shown last, the tokens move; anything else is a jump. */
function useTimeTravel(live: Live, start: number | null): TimeTravel {
  const [wanted, setAt] = useState<number | null>(start);
  // A history that is not here as a whole cannot be gone back in, and nothing lies beyond its end.
  const at = wanted !== null && live.complete && wanted < (live.view?.position ?? 0) ? wanted : null;
  const last = useRef<View | null>(null);
  const moves = useRef<Move[]>([]);
  const past = useMemo(() => {
    if (at === null) return null;
    const from = last.current && last.current.position < at ? last.current : null;
    const result = from
      ? apply(
          from,
          live.events.filter((it) => it.position > from.position && it.position <= at),
        )
      : { view: fold(live.events, at), moves: [] };
    moves.current = result.moves;
    return result.view;
  }, [at, live.complete]);
  last.current = past;
  const takeMoves = useMemo(() => () => moves.current.splice(0), []);
  return { view: past ?? live.view, at, setAt, takeMoves: at === null ? live.takeMoves : takeMoves };
}

function actions(live: Live, instance: string, setOpen: (open: Open) => void): MenuEntry[] {
  const state = live.view?.state;
  const running = state === "active" || state === "suspended";
  const suspended = state === "suspended";
  const whose = live.header ? whoseIs(live.header) : undefined;
  const changes = { needs: "process-instance:update", whose };
  return [
    {
      label: "Send a message…",
      run: () => setOpen({ what: "message" }),
      disabled: state !== "active",
      needs: "event:send",
      whose,
      ...(suspended ? { keys: "resume it first" } : {}),
    },
    {
      label: suspended ? "Resume" : "Suspend",
      run: () => void setSuspended(instance, !suspended).catch(toastError),
      disabled: !running,
      ...changes,
    },
    {
      label: "Move tokens…",
      run: () => setOpen({ what: "move", steps: [] }),
      disabled: !running,
      ...changes,
      ruleBefore: true,
    },
    { label: "Migrate…", run: () => setOpen({ what: "migrate" }), disabled: !running, ...changes },
    {
      label: "Undo everything and cancel…",
      run: () => setOpen({ what: "undo", to: null, undoes: true }),
      disabled: !running,
      ...changes,
    },
    {
      label: "Cancel without undoing…",
      run: () => setOpen({ what: "undo", to: null, undoes: false }),
      disabled: !running,
      ...changes,
      danger: true,
    },
    {
      label: "Open the definition",
      run: () => navigate(paths.definition(live.header?.definitionId ?? "")),
      ruleBefore: true,
    },
  ];
}

const keyOf = (definition: string | undefined, process: number) => definition?.split(":")[0] ?? String(process);

/** The way from the list to a called process: each leads to the call activity from which it went on. */
function crumbs(
  { header, view }: Live,
  { instance, process }: Address,
  at: number | null,
  name: (id: string) => string,
): Crumb[] {
  if (!header || !view) return [LIST];
  const definition = {
    label: `${name(header.definitionKey)} v${header.definitionId.split(":")[1] ?? "?"}`,
    href: paths.definition(header.definitionId),
  };
  if (!process) return [LIST, definition];
  const way = [...callersOf(view, process), process];
  const around = way.map((called, index) => {
    const caller = way[index - 1] ?? 0;
    return {
      label: caller ? name(keyOf(view.called.get(caller), caller)) : (header.businessKey ?? shortId(instance)),
      href: pageOf({ instance, process: caller }, at, view.callers.get(called)),
      isCaller: true,
    };
  });
  return [LIST, definition, ...around];
}

export function InstanceScreen({ id, query }: { id: string; query: URLSearchParams }) {
  const { instance, process } = parseAddress(id);
  const live = useInstance(instance);
  const { view, at, setAt, takeMoves } = useTimeTravel(live, numberIn(query, "at"));
  const [selected, setSelected] = useState<string | null>(query.get("element"));
  const [elements, setElements] = useState<ElementInfo[]>([]);
  const [open, setOpen] = useState<Open>(null);
  const [plan, setPlan] = useState<readonly PlanMark[]>(NO_PLAN);
  const shownProcess = useRef(process);
  useEffect(() => {
    if (shownProcess.current !== process) setSelected(query.get("element"));
    shownProcess.current = process;
  }, [process]);
  const events = useMemo(
    () => (process && live.view ? eventsOf(live.view, process, live.events) : live.events),
    [process, live.events],
  );
  useEscape(() => (open ? setOpen(null) : setSelected(null)));
  useAddress(id, { at: at === null ? null : String(at), element: selected });
  const session = useSession();
  const mayMove = may(session, "process-instance:update", live.header ? whoseIs(live.header) : undefined);
  const definition = view
    ? process
      ? (live.view?.called.get(process) ?? null)
      : // Of a moment before a migration, the version that it was then.
        (view.processes.get(0)?.definition ?? live.header?.definitionId ?? null)
    : null;
  const definitions = [
    ...new Set(
      [definition, live.header?.definitionId, ...(live.view?.called.values() ?? [])].filter((it): it is string =>
        Boolean(it),
      ),
    ),
  ];
  const names = useNames(definitions);
  const name = (element: string) =>
    definitions.map((it) => names(it, element)).find((it) => it !== element) ??
    (element.startsWith("$") ? "" : element);

  if (live.error)
    return (
      <>
        <Bar crumbs={[LIST]} title={shortId(instance)} />
        <Failed what="this instance" error={live.error} again={() => window.location.reload()} others={LIST.href} />
      </>
    );
  if (!view || !live.view || !live.header)
    return (
      <>
        <Bar crumbs={[LIST]} title={shortId(instance)} />
        <Loading what="the instance" />
      </>
    );
  const { header } = live;
  const { look, word } = stateOf({ ...statedOf(view), archived: header.archived });
  const title = process ? name(keyOf(definition ?? undefined, process)) : (header.businessKey ?? shortId(instance));
  const way = crumbs(live, { instance, process }, at, name);
  const openCalled = ({ element }: Call) => {
    const calls = callsOf(view, process, element);
    const called = calls.findLast((it) => view.tokens.has(it)) ?? calls.at(-1);
    if (called) navigate(pageOf({ instance, process: called }, at));
    else setSelected(element);
  };
  const close = () => setOpen(null);
  const movable = mayMove && at === null && process === 0 && (view.state === "active" || view.state === "suspended");
  const move = (step: Step) => setOpen({ what: "move", steps: [...(open?.what === "move" ? open.steps : []), step] });
  const rollBack = (to: string) => setOpen({ what: "undo", to, undoes: true });
  const planned = { instance, view: live.view, name, onMarks: setPlan, onSelect: setSelected, onClose: close };
  return (
    <>
      <Bar crumbs={way} title={title} badge={<State look={look} word={word} boxed />}>
        <Menu label="Actions" entries={actions(live, instance, setOpen)} />
      </Bar>
      {at !== null && (
        <div class="banner" role="status">
          <span class="grow">
            As it was after event {at}, at {absolute(view.at)}
          </span>
          <button type="button" class="button slim" onClick={() => setAt(null)}>
            Back to now
          </button>
        </div>
      )}
      {session !== "asking" && session !== "out" && session.kind !== "anybody" && (
        <Lazy quiet load={pendingApproval} props={{ header, name }} />
      )}
      <div class="stage">
        <div class="stage-main">
          {definition ? (
            <LivePane
              key={definition}
              definition={definition}
              process={process}
              view={view}
              takeMoves={takeMoves}
              plan={plan}
              selected={selected}
              onSelect={setSelected}
              onElements={setElements}
              onCall={openCalled}
              onUp={() => process && navigate(way.at(-1)?.href ?? "")}
              onDrop={movable ? ({ token, to }) => move({ token, to, place: "before" }) : undefined}
            />
          ) : (
            <Failed
              what="the called process"
              error={new Error(`This instance has called no process under the number ${process}.`)}
            />
          )}
          <Lazy
            load={historyDrawer}
            props={{
              instance,
              events,
              complete: live.complete,
              position: live.view.position,
              at,
              onAt: setAt,
              onSelect: setSelected,
              name,
            }}
          />
        </div>
        {open?.what === "undo" && (
          <Lazy
            load={undoPanel}
            props={{
              ...planned,
              to: open.to,
              undoes: open.undoes,
              onUndo: () => setOpen({ what: "undo", to: null, undoes: true }),
            }}
          />
        )}
        {open?.what === "move" && (
          <Lazy
            load={movePanel}
            props={{
              ...planned,
              elements,
              steps: open.steps,
              from: open.from,
              onSteps: (steps) => setOpen({ what: "move", steps }),
              onRollback: rollBack,
            }}
          />
        )}
        {open?.what !== "undo" && open?.what !== "move" && (
          <SidePanel
            instance={instance}
            process={process}
            header={header}
            view={view}
            events={live.events}
            live={at === null}
            elements={elements}
            selected={selected}
            onSelect={setSelected}
            onAt={setAt}
            onRollback={rollBack}
            onMove={movable ? (from) => setOpen({ what: "move", steps: [], from }) : undefined}
            name={name}
          />
        )}
      </div>
      {open?.what === "migrate" && (
        <Lazy
          quiet
          load={migrateSheet}
          props={{
            process: header.definitionKey,
            from: header.definitionId,
            choose: () => ({ chosen: { processInstanceIds: [instance] }, count: 1 }),
            onBegun: close,
            onClose: close,
          }}
        />
      )}
      {open?.what === "message" && <Lazy load={messageDialog} props={{ instance, onClose: close }} />}
    </>
  );
}
