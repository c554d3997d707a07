/** Instances of one version go on in another: what becomes of each element, what is wrong, and the batch that does it. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Chosen } from "~/api/batches";
import { elementsNow, versions } from "~/api/definitions";
import { count } from "~/api/instance-lists";
import { generatePlan, listChoices, migrateMany, migrateNow, previewMigration, validatePlan } from "~/api/migration";
import { definitionXml } from "~/api/models";
import type { Definition, MigrationPlan, MigrationPreview } from "~/api/types";
import { elementNames } from "~/diagram/fileNames";
import { paths } from "~/frame/router";
import "~/styles/migrate.css";
import { Failed, Loading } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { plural, shortId } from "~/ui/format";
import { useResource } from "~/ui/useResource";
import { PlanTable } from "./PlanTable";
import { mapTo, rowsOf, strayOf } from "./rows";

interface Props {
  /** The key of the process. */
  process: string;
  /** The version that the instances are of; not known: it is chosen here. */
  from?: string | undefined;
  /** The version to go on in, at first. */
  to?: string | undefined;
  /** Which instances of a version, and how many if that is known. */
  choose: (from: string) => { chosen: Chosen; count?: number };
  /** One instance is migrated at once; of more it gets the batch. */
  onBegun: (batch: string | null) => void;
  onClose: () => void;
}

interface Loaded {
  rows: ReturnType<typeof rowsOf>;
  names: { from: Map<string, string>; to: Map<string, string> };
  valid: boolean;
}

async function countOf({ chosen, count: known }: ReturnType<Props["choose"]>): Promise<number> {
  if (known !== undefined) return known;
  return "overviewQuery" in chosen ? count(chosen.overviewQuery) : chosen.processInstanceIds.length;
}

async function explain(plan: MigrationPlan): Promise<Loaded> {
  const { sourceProcessDefinitionId: from, targetProcessDefinitionId: to } = plan;
  const [choices, report, now, before, after] = await Promise.all([
    listChoices(plan),
    validatePlan(plan),
    elementsNow(from),
    definitionXml(from),
    definitionXml(to),
  ]);
  return {
    rows: rowsOf(plan, choices, report, now),
    names: { from: elementNames(before), to: elementNames(after) },
    valid: plan.instructions.length > 0 && report.instructionReports.length === 0,
  };
}

interface VersionProps {
  label: string;
  all: readonly Definition[];
  value: string | undefined;
  onChoose: (id: string) => void;
}

function Version({ label, all, value, onChoose }: VersionProps) {
  return (
    <label class="row">
      {label}
      <select class="select" value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        {!value && <option value="">Choose a version…</option>}
        {all.map((it) => (
          <option key={it.id} value={it.id}>
            Version {it.version}
          </option>
        ))}
      </select>
    </label>
  );
}

function Refused({ found }: { found: MigrationPreview }) {
  if (!found.refused.length)
    return (
      <p role="status">
        {found.lookedAt === found.instances
          ? `${found.instances === 1 ? "It" : `All ${found.instances.toLocaleString("en")}`} can be migrated now.`
          : `Each of the first ${found.lookedAt.toLocaleString("en")} can be migrated now.`}
      </p>
    );
  return (
    <section role="status">
      <h3 class="small-title">
        {plural(found.refused.length, "instance")} of {found.lookedAt.toLocaleString("en")} cannot be migrated now
      </h3>
      <ul class="list refused">
        {found.refused.slice(0, 20).map((it) => (
          <li key={it.processInstanceId}>
            <a class="mono" href={paths.instance(it.processInstanceId)}>
              {shortId(it.processInstanceId)}
            </a>{" "}
            <span class="small">{it.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function MigrateSheet({ process, from: given, to: wanted, choose, onBegun, onClose }: Props) {
  const { value: all, error } = useResource((signal) => versions(process, signal), [process]);
  const [from, setFrom] = useState(given);
  const [to, setTo] = useState(wanted);
  const [plan, setPlan] = useState<MigrationPlan | null>(null);
  const [found, setFound] = useState<MigrationPreview | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // After a deployment those of the version before it.
  const source = from ?? (wanted ? all?.find((it) => it.id !== wanted)?.id : undefined);
  const target = to ?? all?.find((it) => it.id !== source)?.id;
  const wrong = (cause: Error) => {
    setBusy(false);
    setFailed(cause.message);
  };
  const change = (next: MigrationPlan) => {
    setFound(null);
    setFailed(null);
    setPlan(next);
  };
  useEffect(() => {
    if (!source || !target || source === target) return;
    let alive = true;
    setPlan(null);
    generatePlan(source, target).then(
      (next) => alive && change(next),
      (cause: Error) => alive && wrong(cause),
    );
    return () => {
      alive = false;
    };
  }, [source, target]);
  const shown = useResource(() => (plan ? explain(plan) : Promise.resolve(null)), [plan]);
  const chosen = useMemo(() => (source ? choose(source) : null), [source]);
  const { value: many } = useResource(() => (chosen ? countOf(chosen) : Promise.resolve(0)), [source]);
  const table = plan ? shown.value : null;
  const stray = strayOf(table?.rows ?? []);
  const updates = plan?.instructions.some((it) => it.updateEventTrigger) ?? false;
  const one = chosen !== null && "processInstanceIds" in chosen.chosen && chosen.count === 1;
  const look = () => {
    if (!plan || !chosen) return;
    setBusy(true);
    previewMigration(plan, chosen.chosen).then((it) => {
      setBusy(false);
      setFound(it);
    }, wrong);
  };
  const go = () => {
    if (!plan || !chosen) return;
    setBusy(true);
    setFailed(null);
    if (one) migrateNow(plan, chosen.chosen).then(() => onBegun(null), wrong);
    else migrateMany(plan, chosen.chosen).then((it) => onBegun(it.id), wrong);
  };
  const ready = Boolean(table?.valid && many && !busy);
  return (
    <Dialog title={one ? "Migrate the instance" : "Migrate instances"} onClose={onClose} wide>
      <div class="plain migrate">
        {error && !all && <Failed what="the versions" error={error} />}
        <div class="row versions">
          {all && !given && (
            <Version label="From" all={all.filter((it) => it.id !== to)} value={source} onChoose={setFrom} />
          )}
          {all && given && <span>From version {all.find((it) => it.id === given)?.version}</span>}
          {all && all.length > 1 && (
            <Version
              label="to"
              all={all.filter((it) => it.id !== source)}
              value={target}
              onChoose={(id) => setTo(id)}
            />
          )}
          {source && many !== undefined && <span class="secondary numbers">{plural(many, "instance")}</span>}
        </div>
        {all && all.length < 2 && <p role="note">There is no other version of this process: deploy one first.</p>}
        {shown.error && <Failed what="the plan" error={shown.error} again={shown.reload} />}
        {source && target && !table && !shown.error && !failed && <Loading what="the plan" />}
        {plan && table && (
          <>
            {stray.length > 0 && (
              <p class="note" role="note">
                Instances with a token at {stray.map((it) => table.names.from.get(it.from) ?? it.from).join(", ")}{" "}
                cannot be migrated: choose what {stray.length === 1 ? "it becomes" : "they become"}.
              </p>
            )}
            <PlanTable
              rows={table.rows}
              names={table.names}
              onMap={(row, next) => change(mapTo(plan, row, next))}
              version={all?.find((it) => it.id === target)?.version ?? 0}
            />
            <label class="row">
              <input
                type="checkbox"
                checked={updates}
                onChange={(event) => {
                  const again = event.currentTarget.checked;
                  generatePlan(plan.sourceProcessDefinitionId, plan.targetProcessDefinitionId, again).then((next) => {
                    const triggers = new Map(next.instructions.map((it) => [it.sourceActivityIds[0], it]));
                    change({
                      ...plan,
                      instructions: plan.instructions.map((it) => ({
                        ...it,
                        updateEventTrigger: triggers.get(it.sourceActivityIds[0])?.updateEventTrigger ?? false,
                      })),
                    });
                  }, wrong);
                }}
              />
              Start timers again, and wait for messages and signals as the new version says
            </label>
          </>
        )}
        {found && <Refused found={found} />}
        {failed && (
          <p class="note" role="alert">
            {failed}
          </p>
        )}
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Not now
          </button>
          <button type="button" class="button" disabled={!ready} onClick={look}>
            Check the {one ? "instance" : "instances"}
          </button>
          <Deed
            needs="process-instance:update"
            whose={{ key: process }}
            class="button primary"
            disabled={!ready}
            onClick={go}
          >
            {one ? "Migrate it" : `Migrate ${plural(many ?? 0, "instance")}`}
          </Deed>
        </footer>
      </div>
    </Dialog>
  );
}
