import { useLayoutEffect, useState } from "preact/hooks";
import type { Chosen } from "~/api/batches";
import { count } from "~/api/instance-lists";
import type { InstanceFilter } from "~/api/instances";
import type { Header } from "~/api/types";
import { may, useSession, whoseIs } from "~/frame/session";
import { AskDialog } from "~/ui/AskDialog";
import { Deed } from "~/ui/Deed";
import { plural } from "~/ui/format";
import { Lazy } from "~/ui/Lazy";
import { toast, toastError } from "~/ui/toast";
import { BatchBar } from "../batches/BatchBar";
import { ACTIONS, type Action, fits, MIGRATE, narrow } from "./bulk";

const modifySheet = () => import("../modify/ModifySheet").then((it) => it.ModifySheet);
const migrateSheet = () => import("../migrate/MigrateSheet").then((it) => it.MigrateSheet);

interface Migrated {
  process: string;
  from?: string | undefined;
  choose: (from: string) => { chosen: Chosen; count?: number };
}

/** The instances to migrate; a text says why these cannot be migrated together. */
function findMigrated(rows: readonly Header[], whole: InstanceFilter | null): Migrated | string {
  if (whole) {
    const from = whole.processDefinitionId;
    const process = from?.split(":")[0] ?? whole.processDefinitionKey;
    if (!process) return "Filter by a definition first: only versions of one process can be migrated together.";
    const { processDefinitionKey: _, ...others } = whole;
    return { process, from, choose: (id) => ({ chosen: { overviewQuery: { ...others, processDefinitionId: id } } }) };
  }
  const [first] = rows;
  if (!first || rows.some((it) => it.definitionId !== first.definitionId))
    return "Choose instances of one version of one process: these are of several.";
  const processInstanceIds = rows.map((it) => it.id);
  return {
    process: first.definitionKey,
    from: first.definitionId,
    choose: () => ({ chosen: { processInstanceIds }, count: rows.length }),
  };
}

interface Asked {
  action: Action;
  chosen: Chosen;
  count: number;
}

interface BeginProps extends Asked {
  onGo: () => void;
  onClose: () => void;
}

function BeginDialog({ action, count, onGo, onClose }: BeginProps) {
  return (
    <AskDialog
      deed={`${action.label} ${plural(count, "instance")}`}
      keep={action.asks ? "Leave them running" : "Leave them as they are"}
      onGo={onGo}
      onClose={onClose}
    >
      <p>{action.means}</p>
      <p class="secondary">It goes on in the background when you leave this page, and is listed under Batches.</p>
    </AskDialog>
  );
}

interface Props {
  /** Rows that are chosen one by one. */
  chosen: Header[];
  /** All that the list shows, on every page. */
  filter: InstanceFilter;
  total: number;
  onDone: () => void;
}

/** What can be done with the chosen instances; each action counts those that it fits, and becomes a batch. */
export function BulkBar({ chosen, filter, total, onDone }: Props) {
  const session = useSession();
  const [whole, setWhole] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [batch, setBatch] = useState<string | null>(null);
  const [migrated, setMigrated] = useState<Migrated | null>(null);
  const [modified, setModified] = useState<{ definition: string; chosen: Chosen } | null>(null);
  // Before the next key is pressed: an effect would come after the frame, and take back what was chosen meanwhile.
  useLayoutEffect(() => setWhole(false), [chosen.length, JSON.stringify(filter)]);
  /** Of those that may not be changed the first, whose process is then named. */
  const whoseOf = (needs: string, fitting: Header[]) => {
    const whose = fitting.map(whoseIs);
    return whose.find((it) => !may(session, needs, it)) ?? whose[0];
  };
  const begin = ({ action, chosen: them }: Pick<Asked, "action" | "chosen">) => {
    setAsked(null);
    action.begin(them).then(({ id }) => {
      setBatch(id);
      onDone();
    }, toastError);
  };
  const running = chosen.filter((it) => fits(MIGRATE, it));
  const wholeRunning = whole ? narrow(filter, MIGRATE) : null;
  const migrate = () => {
    const found = findMigrated(running, wholeRunning);
    if (typeof found === "string") toast(found, true);
    else setMigrated(found);
  };
  const modify = () => {
    const found = findMigrated(running, wholeRunning);
    if (typeof found === "string") toast(found, true);
    else if (!found.from) toast("Filter by a version too: elements are chosen on its diagram.", true);
    else setModified({ definition: found.from, chosen: found.choose(found.from).chosen });
  };
  const press = (action: Action, fitting: Header[]) => {
    const them = { processInstanceIds: fitting.map((it) => it.id) };
    if (action.asks) setAsked({ action, chosen: them, count: fitting.length });
    else begin({ action, chosen: them });
  };
  const pressWhole = (action: Action, overviewQuery: InstanceFilter) =>
    count(overviewQuery).then((found) => {
      if (found) setAsked({ action, chosen: { overviewQuery }, count: found });
      else toast(`${action.label} fits none of them now`);
    }, toastError);
  return (
    <>
      {batch && <BatchBar key={batch} id={batch} onClose={() => setBatch(null)} />}
      {chosen.length > 0 && (
        <div class="bulk" role="region" aria-label="Chosen instances">
          <span class="grow numbers" role="status">
            {whole ? `All ${total.toLocaleString("en")} that match` : `${chosen.length} chosen`}
          </span>
          {!whole && chosen.length < total && (
            <button type="button" class="button slim quiet" onClick={() => setWhole(true)}>
              Choose all {total.toLocaleString("en")}
            </button>
          )}
          {ACTIONS.map((it) => {
            const fitting = chosen.filter((header) => fits(it, header));
            const query = narrow(filter, it);
            if (whole ? !query : !fitting.length) return null;
            const key = filter.processDefinitionKey;
            return (
              <Deed
                key={it.label}
                needs={it.needs}
                whose={whole ? (key ? { key } : undefined) : whoseOf(it.needs, fitting)}
                class={`button slim ${it.asks ? "danger" : ""}`}
                onClick={() => (whole && query ? void pressWhole(it, query) : press(it, fitting))}
              >
                {whole ? it.label : `${it.label} ${fitting.length}`}
                {(whole || it.asks) && "…"}
              </Deed>
            );
          })}
          {(wholeRunning ?? running.length > 0) && (
            <Deed
              needs={MIGRATE.needs}
              whose={whole ? undefined : whoseOf(MIGRATE.needs, running)}
              class="button slim"
              onClick={migrate}
            >
              {whole ? "Migrate…" : `Migrate ${running.length}…`}
            </Deed>
          )}
          {(wholeRunning ?? running.length > 0) && (
            <Deed
              needs={MIGRATE.needs}
              whose={whole ? undefined : whoseOf(MIGRATE.needs, running)}
              class="button slim"
              onClick={modify}
            >
              {whole ? "Move tokens…" : `Move tokens of ${running.length}…`}
            </Deed>
          )}
          <button type="button" class="button slim quiet" onClick={onDone}>
            Choose none
          </button>
        </div>
      )}
      {migrated && (
        <Lazy
          load={migrateSheet}
          what="the plan"
          quiet
          props={{
            ...migrated,
            onClose: () => setMigrated(null),
            onBegun: (id: string | null) => {
              setMigrated(null);
              setBatch(id);
              onDone();
            },
          }}
        />
      )}
      {modified && (
        <Lazy
          load={modifySheet}
          what="the diagram"
          quiet
          props={{
            ...modified,
            onClose: () => setModified(null),
            onBegun: (id: string) => {
              setModified(null);
              setBatch(id);
              onDone();
            },
          }}
        />
      )}
      {asked && <BeginDialog {...asked} onGo={() => begin(asked)} onClose={() => setAsked(null)} />}
    </>
  );
}
