/** Tokens of many instances of one version are cancelled and started, at elements chosen on the diagram. */

import { useMemo, useState } from "preact/hooks";
import { type Chosen, modifyMany } from "~/api/batches";
import { elementsNow } from "~/api/definitions";
import { count } from "~/api/instance-lists";
import { definitionXml } from "~/api/models";
import type { Instruction } from "~/api/operations";
import { elementNames } from "~/diagram/fileNames";
import { processOf } from "~/diagram/withDiagram";
import "~/styles/migrate.css";
import { Failed, Loading } from "~/ui/basics";
import { Deed } from "~/ui/Deed";
import { Dialog } from "~/ui/Dialog";
import { plural } from "~/ui/format";
import { Lazy } from "~/ui/Lazy";
import { useResource } from "~/ui/useResource";
import { listNodes, sentence } from "./steps";

const pane = () => import("~/diagram/StatisticsPane").then((it) => it.StatisticsPane);
const NO_HEAT = new Map();
const KINDS = [
  ["cancel", "Cancel what is there"],
  ["startBeforeActivity", "Start before it"],
  ["startAfterActivity", "Start after it"],
] as const;

interface Props {
  /** The version of all of them. */
  definition: string;
  chosen: Chosen;
  onBegun: (batch: string) => void;
  onClose: () => void;
}

async function load(definition: string, chosen: Chosen) {
  const [xml, now, many] = await Promise.all([
    definitionXml(definition),
    elementsNow(definition),
    "overviewQuery" in chosen ? count(chosen.overviewQuery) : chosen.processInstanceIds.length,
  ]);
  return { xml, now, many, names: elementNames(xml), nodes: listNodes(xml, processOf(definition)) };
}

export function ModifySheet({ definition, chosen, onBegun, onClose }: Props) {
  const { value, error, reload } = useResource(() => load(definition, chosen), [definition]);
  const [selected, setSelected] = useState<string | null>(null);
  const [steps, setSteps] = useState<readonly Instruction[]>([]);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const process = processOf(definition);
  const name = (id: string) => value?.names.get(id) ?? id;
  const nodes = useMemo(() => new Set(value?.nodes), [value]);
  const at = selected && nodes.has(selected) ? selected : null;
  const go = () => {
    setBusy(true);
    setFailed(null);
    modifyMany(chosen, definition, steps).then(
      (it) => onBegun(it.id),
      (cause: Error) => {
        setBusy(false);
        setFailed(cause.message);
      },
    );
  };
  return (
    <Dialog title="Move tokens" onClose={onClose} wide>
      <div class="plain migrate">
        {error && !value && <Failed what="the diagram" error={error} again={reload} />}
        {!error && !value && <Loading what="the diagram" />}
        {value && (
          <>
            <div class="modify-picture">
              <Lazy
                load={pane}
                what="the diagram"
                props={{
                  xml: value.xml,
                  process,
                  now: value.now,
                  sample: undefined,
                  heat: NO_HEAT,
                  selected: at,
                  onSelect: setSelected,
                  onCall: () => undefined,
                  onUp: () => undefined,
                }}
              />
            </div>
            <div class="row versions">
              <label class="row">
                Element
                <select
                  class="select"
                  value={at ?? ""}
                  onChange={(event) => setSelected(event.currentTarget.value || null)}
                >
                  <option value="">Choose here or on the diagram…</option>
                  {value.nodes.map((id) => (
                    <option key={id} value={id}>
                      {name(id)}
                    </option>
                  ))}
                </select>
              </label>
              {KINDS.map(([type, label]) => (
                <button
                  type="button"
                  key={type}
                  class="button slim"
                  disabled={!at}
                  onClick={() => at && setSteps([...steps, { type, activityId: at }])}
                >
                  {label}
                </button>
              ))}
            </div>
            {steps.length === 0 && (
              <p class="secondary">Nothing is undone and nothing happens yet: what you add is done in this order.</p>
            )}
            <ol class="list" aria-label="Steps">
              {steps.map((it, index) => (
                <li key={index}>
                  <span class="line">
                    <span class="grow">
                      {index + 1}. {sentence(it, name)}
                    </span>
                    <button
                      type="button"
                      class="button slim quiet"
                      aria-label={`Take away step ${index + 1}`}
                      onClick={() => setSteps(steps.filter((_, place) => place !== index))}
                    >
                      Take away
                    </button>
                  </span>
                </li>
              ))}
            </ol>
          </>
        )}
        {failed && (
          <p class="note" role="alert">
            {failed}
          </p>
        )}
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Not now
          </button>
          <Deed
            needs="process-instance:update"
            whose={{ key: process }}
            class="button primary"
            disabled={busy || !steps.length || !value?.many}
            onClick={go}
          >
            Do it in {plural(value?.many ?? 0, "instance")}
          </Deed>
        </footer>
      </div>
    </Dialog>
  );
}
